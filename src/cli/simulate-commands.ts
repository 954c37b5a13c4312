// SPDX-License-Identifier: MIT
import { Argument, InvalidArgumentError, type Command } from 'commander';
import type { Protocol } from '../common/ports.js';
import type { WslMode } from '../simulator/model/wsl.js';
import type { ProgramOptions } from './commands/simulate.js';
import { examplesText } from './examples-text.js';
import { parseNumberOfPorts, parsePort, portArgument, protocolOption } from './parse-arguments.js';
import type { Perform } from './outcome.js';

const load = () => import('./commands/simulate.js');
type Simulate = Awaited<ReturnType<typeof load>>;

/** Adds `simulate` with its subcommands, which change the machine in the file and never ask a Windows. */
export function addSimulateCommands(program: Command, perform: Perform): void {
  const simulate = program
    .command('simulate')
    .description('Change the simulated Windows, on any system: take ports as Hyper-V, Docker and WSL do.')
    .helpCommand(false)
    .addHelpText('after', examplesText(['simulate winnat 2969 100', 'simulate wsl mirrored', 'simulate show']));
  const add = (name: string, description: string, ...examples: string[]): Command =>
    name
      .split(' ')
      .slice(0, -1)
      .reduce((parent, each) => parent.commands.find((command) => command.name() === each) ?? parent, simulate)
      .command(name.split(' ').at(-1) ?? name)
      .description(description)
      .helpCommand(false)
      .addHelpText('after', examplesText(examples.map((example) => `simulate ${example}`)));
  const does = (name: string, work: (commands: Simulate) => ReturnType<Simulate['show']>) =>
    perform({ command: `simulate ${name}`, withoutWindows: true }, async () => work(await load()));

  add('winnat', 'WinNAT takes a block of ports, as for Hyper-V and WSL.', 'winnat 2969 100')
    .addArgument(portArgument())
    .addArgument(numberOfPorts())
    .addOption(protocolOption('tcp'))
    .action((startPort: number, number: number, options: { protocol: Protocol }) =>
      does('winnat', ({ addWinNatBlock }) => addWinNatBlock({ ...options, startPort, numberOfPorts: number })),
    );
  add('docker', 'Docker runs a container that publishes a port.', 'docker 8080', 'docker 8080 --name web --hns')
    .addArgument(portArgument('port', '1 to 65535'))
    .addOption(protocolOption('tcp'))
    .option('--name <name>', 'the name of the container (default: container-<port>)')
    .option('--hns', 'reserve the port as for a Windows container, instead of a socket of Docker Desktop')
    .action((port: number, options: { protocol: Protocol; name?: string; hns?: boolean }) =>
      does('docker', ({ runContainer }) => runContainer(port, options)),
    );
  add('http', 'http.sys listens on a TCP port, as for IIS.', 'http 80')
    .addArgument(portArgument('port', '1 to 65535'))
    .action((port: number) => does('http', ({ listenInKernel }) => listenInKernel(port)));
  add('process', 'Another program runs, and may listen on a TCP port.', 'process node.exe --port 3000')
    .argument('<imageName>', 'the file name of the program')
    .option('--port <port>', 'the port that it listens on', parsePort)
    .option('--host <address>', 'the address that it listens on', '0.0.0.0')
    .option('--command-line <text>', 'its command line')
    .option('--directory <path>', 'its working directory')
    .option('--left-over', 'the process that started it has ended')
    .action((imageName: string, options: ProgramOptions) =>
      does('process', ({ startProgram }) => startProgram(imageName, options)),
    );
  addWsl(add, does);
  add('max-user-port', 'MaxUserPort widens the dynamic range at the next restart.', 'max-user-port 65534')
    .argument('<port>', '1025 to 65535, or off', (value) => (value === 'off' ? undefined : parseMaxUserPort(value)))
    .action((port: number | undefined) => does('max-user-port', ({ setMaxUserPort }) => setMaxUserPort(port)));
  add('restart', 'Restart the simulated Windows.', 'restart').action(() => does('restart', ({ restart }) => restart()));
  add('reset', 'Begin with a new machine.', 'reset').action(() => does('reset', ({ reset }) => reset()));
  add('show', 'Print the state of the machine.', 'show --json').action(() => does('show', ({ show }) => show()));
}

type Add = (name: string, description: string, ...examples: string[]) => Command;
type Does = (name: string, work: (commands: Simulate) => ReturnType<Simulate['show']>) => Promise<void>;

function addWsl(add: Add, does: Does): void {
  add('wsl', 'WSL runs, in one of its two modes of networking, or stops.', 'wsl mirrored', 'wsl listen 3000');
  for (const mode of ['mirrored', 'nat'] satisfies WslMode[]) {
    add(`wsl ${mode}`, `A distribution runs, with the networking mode ${mode}.`, `wsl ${mode}`)
      .option('--distribution <name>', 'the name of the distribution', 'Ubuntu')
      .action((options: { distribution: string }) =>
        does(`wsl ${mode}`, ({ startWsl }) => startWsl({ ...options, mode })),
      );
  }
  add('wsl listen', 'A program of Linux listens on a TCP port.', 'wsl listen 3000 vite')
    .addArgument(portArgument('port', '1 to 65535'))
    .argument('[program]', 'the name of the program', 'node')
    .action((port: number, name: string) => does('wsl listen', ({ listenInLinux }) => listenInLinux(port, name)));
  add('wsl end', 'That program ends. Mirrored WSL keeps its port for about a minute.', 'wsl end 3000')
    .addArgument(portArgument('port', '1 to 65535'))
    .action((port: number) => does('wsl end', ({ endInLinux }) => endInLinux(port)));
  add('wsl release', 'Let that minute pass: WSL gives up the ports of programs that have ended.', 'wsl release').action(
    () => does('wsl release', ({ releaseLinuxPorts }) => releaseLinuxPorts()),
  );
  add('wsl stop', 'WSL is shut down.', 'wsl stop').action(() => does('wsl stop', ({ stopWsl }) => stopWsl()));
}

function numberOfPorts(): Argument {
  return new Argument('[numberOfPorts]', 'how many ports').argParser(parseNumberOfPorts).default(100);
}

function parseMaxUserPort(value: string): number {
  const port = /^\d{1,5}$/.test(value) ? Number(value) : 0;
  if (port <= 1024 || port > 65_535) throw new InvalidArgumentError('Expected a port from 1025 to 65535, or off.');
  return port;
}
