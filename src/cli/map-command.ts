// SPDX-License-Identifier: MIT
import type { Command } from 'commander';
import { maxPort } from '../common/port-ranges.js';
import type { Protocol } from '../common/ports.js';
import { examplesText } from './examples-text.js';
import type { Perform, Streams } from './outcome.js';
import { parsePort, parsePorts, protocolOption } from './parse-arguments.js';

interface Options {
  readonly protocol?: Protocol | 'both';
  readonly from: number;
  readonly to: number;
  readonly highlight?: readonly number[];
  readonly svg?: string;
  readonly html?: string;
}

const defaultColumns = 80;

export function addMapCommand(program: Command, perform: Perform, { stdout }: Streams): void {
  program
    .command('map')
    .description('Draw all 65,535 ports: free, reserved, excluded and in use.')
    .addOption(
      protocolOption('both', 'tcp, udp or both (default: tcp; in a file and with --json: both)').default(undefined),
    )
    .option('--from <port>', 'the first port to draw', parsePort, 1)
    .option('--to <port>', 'the last port to draw', parsePort, maxPort)
    .option('--highlight <port...>', 'mark these, and say what they are: ports and ranges', parsePorts)
    .option('--svg <file>', 'write the picture to an SVG file; - is the standard output')
    .option('--html <file>', 'write a page in which to look up ports and programs; - is the standard output')
    .addHelpText(
      'after',
      examplesText([
        'map',
        'map --from 2000 --highlight 3000',
        'map -p both --svg ports.svg',
        'map --html ports.html',
        'map --json',
      ]),
    )
    .action(({ protocol, from, to, ...options }: Options, command: Command) => {
      const isJson = command.optsWithGlobals()['json'] === true;
      if (to < from) command.error(`error: '--to' must be a port from ${from} to ${maxPort}; received ${to}`);
      const { svg, html } = options;
      if (svg !== undefined && html !== undefined) {
        command.error("error: option '--svg <file>' cannot be used with option '--html <file>'");
      }
      if ((svg ?? html) === '-' && isJson) {
        const name = svg === undefined ? '--html' : '--svg';
        command.error(
          `error: option '${name} -' cannot be used with option '--json': both write to the standard output`,
        );
      }
      const isForTerminal = !isJson && svg === undefined && html === undefined;
      const wanted = {
        ...options,
        protocol: protocol ?? (isForTerminal ? 'tcp' : 'both'),
        ports: { startPort: from, endPort: to },
        columns: stdout.columns ?? defaultColumns,
      };
      return perform({ command: 'map' }, async () => (await import('./commands/map.js')).map(wanted));
    });
}
