// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Command, Option } from 'commander';
import { installedCommand } from '../common/installed-command.js';
import { packageRoot } from '../package-root.js';
import type { ListOptions } from './commands/list.js';
import { addCompletionCommands } from './completion-commands.js';
import { simulateFlag } from './provide-windows.js';
import { addBlockCommand } from './block-command.js';
import { addDoctorCommand } from './doctor-command.js';
import { examplesText } from './examples-text.js';
import { hasColor, styleFor, type Perform, type Streams } from './outcome.js';
import { addMapCommand } from './map-command.js';
import { addPortCommands } from './port-commands.js';
import type { OwnersOptions } from './commands/owners.js';
import { addProtectCommands } from './protect-commands.js';
import { parsePort, parseProcessId, protocolOption } from './parse-arguments.js';
import { exitCodeHelp, helpConfiguration } from './help.js';
import { addFreeCommand } from './free-command.js';
import { addRunCommand } from './run-command.js';
import { addSimulateCommands } from './simulate-commands.js';

/** Defines the commands. Each loads its code when it runs. A wrong command line throws a CommanderError. */
export function createProgram(streams: Streams, perform: Perform): Command {
  const { stdout, stderr } = streams;
  const manifest = readFileSync(path.join(packageRoot(), 'package.json'), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  const program = new Command('win-port-reservation')
    // Comes before the commands, which inherit these settings.
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      // The caller prints errors.
      outputError: () => undefined,
      getOutHelpWidth: () => styleFor(stdout).width,
      getErrHelpWidth: () => styleFor(stderr).width,
      getOutHasColors: () => hasColor(styleFor(stdout)),
      getErrHasColors: () => hasColor(styleFor(stderr)),
    })
    .configureHelp(helpConfiguration)
    .description('Own TCP and UDP ports on Windows: reserve them, see who uses them, find free ones.')
    .version(version, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    // Commander's own help command treats an unknown command as a missing one.
    .helpCommand(false)
    .addOption(jsonOption())
    .addOption(simulateOption())
    // For `run`, whose command may have the same options.
    .enablePositionalOptions()
    .addHelpText('after', exitCodeHelp)
    .addHelpText('after', `\nIn a folder that has it installed:\n  ${installedCommand}`)
    .addHelpText(
      'after',
      examplesText([
        'doctor',
        'protect tcp 3000',
        'explain 3000',
        'create tcp 5000 20',
        'find --number 4 --json',
        'map',
      ]),
    );
  addProtectCommands(program, perform, streams);
  addDoctorCommand(program, perform);
  addPersistentCommands(program, perform);
  addPortCommands(program, perform, streams);
  addFreeCommand(program, perform, streams);
  addReadingCommands(program, perform);
  addMapCommand(program, perform, streams);
  addExcludeCommand(program, perform);
  addSimulateCommands(program, perform);
  addCompletionCommands(program, perform, streams);
  for (const command of program.commands) acceptGlobalOptions(command);
  addRunCommand(program, perform);
  addHelpCommand(program);
  return program;
}

function jsonOption(): Option {
  return new Option('--json', 'print one JSON document, for errors too');
}

function simulateOption(): Option {
  return new Option(simulateFlag, 'off Windows: answer for a simulated Windows');
}

/** Accepts the global options after the command too. The help lists them among the global options. */
function acceptGlobalOptions(command: Command): void {
  command.addOption(jsonOption().hideHelp()).addOption(simulateOption().hideHelp());
  command.commands.forEach(acceptGlobalOptions);
}

export const helpCommand = 'help';

function addHelpCommand(program: Command): void {
  program
    .command(helpCommand)
    .argument('[command...]')
    .description('print the help of a command')
    .action((names: readonly string[]) => {
      const find = (parent: Command, name: string): Command => {
        const found = parent.commands.find((command) => command.name() === name);
        return found ?? program.error(`error: unknown command '${name}'`, { code: 'commander.unknownCommand' });
      };
      names.reduce(find, program).help();
    });
}

function addPersistentCommands(program: Command, perform: Perform): void {
  const load = () => import('./commands/persistent.js');
  addBlockCommand(program, perform, {
    name: 'create',
    description: 'Reserve a block of ports until it is deleted, across restarts. Needs elevation.',
    examples: ['create tcp 5000 20', 'create udp 27015'],
    run: async (block) => (await load()).create(block),
  });
  addBlockCommand(program, perform, {
    name: 'lookup',
    description: 'Find the token of a reservation. Give exactly the numbers it was created with.',
    examples: ['lookup tcp 5000 20', 'lookup tcp 5000 20 --json'],
    run: async (block) => (await load()).lookup(block),
  });
  addBlockCommand(program, perform, {
    name: 'delete',
    description: 'Delete a reservation. Give exactly the numbers it was created with. Needs elevation.',
    examples: ['delete tcp 5000 20'],
    run: async (block) => (await load()).remove(block),
  });
  addBlockCommand(program, perform, {
    name: 'ensure',
    description: 'Reserve a block unless it is already reserved. Needs elevation only to reserve.',
    examples: ['ensure tcp 5000 20'],
    run: async (block) => (await load()).ensure(block),
  });
}

function addReadingCommands(program: Command, perform: Perform): void {
  program
    .command('list')
    .description('List the excluded port ranges and the kind of each.')
    .addOption(protocolOption('both'))
    .addOption(storeOption())
    .addHelpText('after', examplesText(['list', 'list -p tcp', 'list -s persistent --json']))
    .action((options: ListOptions) =>
      perform({ command: 'list' }, async () => (await import('./commands/list.js')).list(options)),
    );
  program
    .command('owners')
    .description('List the processes that use ports.')
    .addOption(protocolOption('both'))
    .option('--port <port>', 'only the processes that use this port', parsePort)
    .option('--pid <id>', 'only the ports of the process with this id', parseProcessId)
    .addHelpText('after', examplesText(['owners', 'owners -p tcp --port 3000', 'owners --pid 4711']))
    .action((options: OwnersOptions) =>
      perform({ command: 'owners' }, async () => (await import('./commands/owners.js')).owners(options)),
    );
}

function storeOption(): Option {
  const description = 'the ranges in effect now (active), or after a restart (persistent)';
  return new Option('-s, --store <store>', description).choices(['active', 'persistent']).default('active');
}

function addExcludeCommand(program: Command, perform: Perform): void {
  const load = () => import('./commands/exclude.js');
  const exclude = program
    .command('exclude')
    .description('Keep Windows from handing out ports, or end that. No program can reserve an excluded port.')
    .helpCommand(false)
    .addHelpText('after', examplesText(['exclude add tcp 50000 60', 'exclude delete tcp 50000 60']));
  addBlockCommand(exclude, perform, {
    name: 'exclude add',
    description:
      'Exclude a block: Windows does not hand it out, but any program can bind it by number. Needs elevation.',
    examples: ['exclude add tcp 50000 60'],
    run: async (block) => (await load()).addExclusion(block),
  });
  addBlockCommand(exclude, perform, {
    name: 'exclude delete',
    description: 'End an exclusion. Give exactly the numbers it was added with. Needs elevation.',
    examples: ['exclude delete tcp 50000 60'],
    run: async (block) => (await load()).deleteExclusion(block),
  });
}
