// SPDX-License-Identifier: MIT
import { Argument, InvalidArgumentError, type Command } from 'commander';
import type { Protocol } from '../common/ports.js';
import type { Netsh } from '../windows/netsh.js';
import type { FindOptions } from './commands/find.js';
import { examplesText } from './examples-text.js';
import { offer } from './offered-values.js';
import { styleFor, type Outcome, type Streams, type Perform } from './outcome.js';
import {
  parseNumberOfPorts,
  parsePort,
  parsePorts,
  parseProcessId,
  parseProtocol,
  protocolOption,
} from './parse-arguments.js';

/** The arguments of `explain`: ports, perhaps behind a protocol. */
interface Question {
  readonly protocol?: Protocol;
  readonly ports: readonly number[];
}

/** Each port takes several runs of netsh. */
const mostPorts = 100;

export function addPortCommands(program: Command, perform: Perform, streams: Streams): void {
  addExplainCommand(program, perform, streams);
  addFindCommand(program, perform);
}

function addExplainCommand(program: Command, perform: Perform, { stdout }: Streams): void {
  program
    .command('explain')
    .description('Say why ports can or cannot be bound, and what to do.')
    .usage('[options] [tcp|udp] <port...>|--pid <id>')
    .addArgument(
      offer(new Argument('[port...]', 'ports and ranges, like 3000 or 8000-8010, after tcp or udp (default: tcp)'), [
        'tcp',
        'udp',
      ]).argParser(parseQuestion),
    )
    .option('--pid <id>', 'the ports at which the process with this id serves, instead of ports', parseProcessId)
    .option('--host <address>', 'an address of this machine (default: all)')
    .option('--evidence', 'also print the questions to Windows and their answers')
    .option('--watch', 'ask again every two seconds and print a changed answer, until Ctrl+C')
    .addHelpText(
      'after',
      examplesText([
        'explain 3000',
        'explain 3000 5173 8000-8010',
        'explain udp 5353 --evidence',
        'explain --pid 4711',
        'explain 80 --json',
      ]),
    )
    .action(
      (
        given: Question | [],
        { watch = false, ...options }: { pid?: number; host?: string; evidence?: boolean; watch?: boolean },
        command: Command,
      ) => {
        const { pid } = options;
        // Commander gives an empty array for no argument at all.
        const { protocol, ports }: Question = Array.isArray(given) ? { ports: [] } : given;
        if (ports.length === 0 && pid === undefined) command.error("error: missing required argument 'port'");
        if (ports.length > 0 && pid !== undefined) {
          command.error("error: option '--pid' cannot be used with argument 'port'");
        }
        if (watch && command.optsWithGlobals()['json'] === true) {
          command.error("error: option '--watch' cannot be used with option '--json', which prints one document");
        }
        const byNetsh = async (netsh: Netsh): Promise<Outcome> => {
          const { explainByNetsh } = await import('./commands/explain-by-netsh.js');
          return explainByNetsh(netsh, { protocol: protocol ?? 'tcp', ports });
        };
        const plan = { command: 'explain', interactive: watch, ...(pid === undefined && { byNetsh }) };
        return perform(plan, async () => {
          const { explain, watchPorts } = await import('./commands/explain.js');
          const question = { ...options, protocol, ports };
          if (!watch) return explain(question);
          const style = styleFor(stdout);
          return watchPorts(question, ({ text }) => void stdout.write(text(style)));
        });
      },
    );
}

function parseQuestion(value: string, previous: Question | undefined): Question {
  if (previous === undefined && /^(tcp|udp)$/i.test(value)) return { protocol: parseProtocol(value), ports: [] };
  if (previous === undefined && /^[a-z]+$/i.test(value)) {
    throw new InvalidArgumentError('Expected tcp, udp, a port from 1 to 65535, or a range such as 8000-8010.');
  }
  const ports = parsePorts(value, previous?.ports);
  if (ports.length > mostPorts) {
    throw new InvalidArgumentError(`Expected at most ${mostPorts} ports; the command map shows all.`);
  }
  return { ...previous, ports };
}

function addFindCommand(program: Command, perform: Perform): void {
  program
    .command('find')
    .description(
      'Find a free port, or consecutive free ports, with a test bind of each. ' +
        'Ports that Windows gives to outgoing connections (the dynamic range) come last, ' +
        'and ports that browsers refuse are left out.',
    )
    .addOption(protocolOption('both', 'tcp, udp or both: the same ports for each').default('tcp'))
    .option('-n, --number <number>', 'how many consecutive ports', parseNumberOfPorts, 1)
    .option('--ports <port...>', 'try these first, in this order; with --number, the first ports of blocks', parsePorts)
    .option('--from-port <port>', 'the lowest port, where the search begins (default: 1024)', parsePort)
    .option('--to-port <port>', 'the highest port (default: 65535)', parsePort)
    .option('--exclude <port...>', 'leave these out: ports and ranges, like 3000 or 8000-8010', parsePorts)
    .option('--no-browser-safe', 'also find ports that browsers and fetch refuse, such as 6000; udp: always does')
    .option('--host <address>', 'an address of this machine (default: all)')
    .addHelpText(
      'after',
      examplesText(['find', 'find --ports 3000 3001', 'find -p both -n 4 --from-port 3000', 'find --json']),
    )
    .action((options: FindOptions) =>
      perform({ command: 'find' }, async () => (await import('./commands/find.js')).find(options)),
    );
}
