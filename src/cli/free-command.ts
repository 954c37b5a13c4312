// SPDX-License-Identifier: MIT
import { Argument, InvalidArgumentError, type Command } from 'commander';
import type { PortToFree } from '../machine/freeing.js';
import type { FreeOptions } from './commands/free.js';
import { examplesText } from './examples-text.js';
import { offer } from './offered-values.js';
import type { Streams, Perform } from './outcome.js';
import { parsePort, parseProtocol } from './parse-arguments.js';

export function addFreeCommand(program: Command, perform: Perform, streams: Streams): void {
  program
    .command('free')
    .description('End the process that has a port, after a question, and wait until the port is free.')
    .usage('[options] [protocol] <port>')
    .addArgument(offer(new Argument('<words...>', 'tcp (default) or udp, and the port, 1 to 65535'), ['tcp', 'udp']))
    .option('--tree', 'also end what the process started')
    .option('--yes', 'do not ask')
    .option('--dry-run', 'print what has the port and what would be done, and change nothing')
    .addHelpText('after', examplesText(['free 3000', 'free tcp 3000 --tree', 'free udp 5353 --dry-run']))
    .action((words: readonly string[], options: FreeOptions, command: Command) => {
      const port = readPort(words, command);
      const flags = (['tree', 'yes'] as const).filter((name) => options[name] === true).map((name) => `--${name}`);
      return perform({ command: 'free', interactive: true, args: [port.protocol, port.port, ...flags] }, async () =>
        (await import('./commands/free.js')).free(port, options, streams),
      );
    });
}

/** Reads `3000` as `tcp 3000`. */
function readPort(words: readonly string[], command: Command): PortToFree {
  const [first = '', second, ...more] = words;
  if (more.length > 0) {
    command.error(`error: too many arguments for 'free'. Expected 2 arguments but got ${words.length}.`);
  }
  if (second === undefined) return { protocol: 'tcp', port: read('port', first, parsePort) };
  return { protocol: read('protocol', first, parseProtocol), port: read('port', second, parsePort) };

  function read<Value>(name: string, word: string, parse: (word: string) => Value): Value {
    try {
      return parse(word);
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error;
      return command.error(
        `error: command-argument value '${word}' is invalid for argument '${name}'. ${error.message}`,
      );
    }
  }
}
