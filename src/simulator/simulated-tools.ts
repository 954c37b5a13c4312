// SPDX-License-Identifier: MIT
import { isCallFailure } from '../common/errors.js';
import type { RunTool, ToolResult } from '../windows/tools.js';
import { perform, type MachineAccess } from './machine-access.js';
import type { ContainerRow, SimulatedDocker } from './model/docker.js';
import type { SimulatedWindows } from './model/machine.js';
import type { SimulatedWsl } from './model/wsl.js';

/** Does what wsl.exe and docker.exe do on Windows, for one process of a simulated machine that has them. */
export function simulatedTools(access: MachineAccess): RunTool {
  return async (tool, args, { signal } = {}) => {
    signal?.throwIfAborted();
    // A test plans a failure or a delay by the name of the command: `wsl --shutdown`, `docker ps`.
    const command = [tool, ...args.slice(0, 1)].join(' ');
    const result = await perform(access, command, (_, machine) => commands[tool](machine, args));
    signal?.throwIfAborted();
    return isCallFailure(result) ? { exitCode: result.errorNumber, output: '' } : result;
  };
}

const commands: Record<
  Parameters<RunTool>[0],
  (machine: SimulatedWindows, args: readonly string[]) => ToolResult | undefined
> = {
  wsl: ({ wsl }, args) => (wsl.mode === undefined ? undefined : runWsl(wsl, args)),
  docker: ({ docker }, args) => (docker.isInstalled ? runDocker(docker, args) : undefined),
};

/** The exit code of wsl.exe is -1 for whatever goes wrong. */
const wslFailed = 0xffff_ffff;

function runWsl(wsl: SimulatedWsl, args: readonly string[]): ToolResult {
  const long = args.map((argument) => shortForms[argument] ?? argument);
  const [command = '', name = ''] = long;
  const running = wsl.distributions.map((distribution) => distribution.name);
  switch (command) {
    case '--shutdown':
      wsl.shutDown();
      return printed();
    case '--terminate':
      if (!running.includes(name)) return refused('There is no running distribution with this name.');
      wsl.terminate(name);
      return printed();
    case '--list':
      if (running.length === 0) return refused('There are no running distributions.');
      return printed(...listing(wsl, long));
    case '--version':
      return printed('WSL version: 2.6.1.0', 'Kernel version: 6.6.87.2-1', 'Windows version: 10.0.26100 (simulated)');
    case '--status':
      return printed(`Default Distribution: ${running[0] ?? 'Ubuntu'}`, 'Default Version: 2');
    default:
      return runInLinux(wsl, long);
  }
}

const shortForms: Record<string, string> = {
  '-l': '--list',
  '-q': '--quiet',
  '-v': '--verbose',
  '-t': '--terminate',
  '-d': '--distribution',
  '-e': '--exec',
};

function listing(wsl: SimulatedWsl, args: readonly string[]): string[] {
  const names = wsl.distributions.map(({ name }) => name);
  if (args.includes('--quiet')) return names;
  if (!args.includes('--verbose')) return ['Windows Subsystem for Linux Distributions:', ...names];
  return ['  NAME      STATE      VERSION', ...names.map((name) => `* ${name}    Running    2`)];
}

/** Runs a program of Linux. wsl.exe starts the distribution for it where it does not run. */
function runInLinux(wsl: SimulatedWsl, args: readonly string[]): ToolResult {
  const program = args.slice(args.indexOf('--exec') + 1).join(' ');
  const at = args.indexOf('--distribution');
  if (!args.includes('--exec')) return refused(`Invalid command line option: ${args.join(' ')}`);
  wsl.start(at === -1 ? {} : { distribution: args[at + 1] });
  if (program === 'wslinfo --networking-mode') return { exitCode: 0, output: `${String(wsl.mode)}\n` };
  if (!/^ss( |$)/.test(program))
    return { exitCode: 127, output: `${program}: the simulated Linux has no such program\n` };
  const rows = wsl.listeners
    .filter(({ ended }) => !ended)
    .map(({ port, program: name }, index) => {
      const pid = 300 + index;
      return `LISTEN 0      511                *:${port}            *:*    users:(("${name}",pid=${pid},fd=18))`;
    });
  const head = 'State  Recv-Q Send-Q Local Address:Port Peer Address:Port Process';
  return { exitCode: 0, output: [head, ...rows, ''].join('\n') };
}

function runDocker(docker: SimulatedDocker, args: readonly string[]): ToolResult {
  const [command = '', ...rest] = args;
  if (command === 'ps') return { exitCode: 0, output: listContainers(docker.containers, rest) };
  const name = rest.at(-1) ?? '';
  if (command !== 'stop' || !docker.containers.some((container) => container.name === name)) {
    return { exitCode: 1, output: `The simulated docker cannot do this: docker ${args.join(' ')}\n` };
  }
  docker.stop(name);
  return { exitCode: 0, output: `${name}\n` };
}

function listContainers(containers: readonly ContainerRow[], args: readonly string[]): string {
  const valueOf = (option: string): string | undefined => {
    const joined = args.find((argument) => argument.startsWith(`${option}=`))?.slice(option.length + 1);
    return joined ?? (args.includes(option) ? args[args.indexOf(option) + 1] : undefined);
  };
  const wanted = /^publish=(\d+)/.exec(valueOf('--filter') ?? '')?.[1];
  const shown = containers.filter(({ port }) => wanted === undefined || String(port) === wanted);
  const format = valueOf('--format') ?? '{{.ID}}   {{.Image}}   {{.Ports}}   {{.Names}}';
  const head = valueOf('--format') === undefined ? ['CONTAINER ID   IMAGE   PORTS   NAMES'] : [];
  return [...head, ...shown.map((container) => describeContainer(container, format)), ''].join('\n');
}

function describeContainer({ name, port, protocol }: ContainerRow, format: string): string {
  const fields: Record<string, string> = {
    ID: port.toString(16).padStart(12, '0'),
    Image: 'simulated',
    Names: name,
    Ports: `0.0.0.0:${port}->${port}/${protocol}`,
  };
  if (format === 'json' || format === '{{json .}}') return JSON.stringify(fields);
  return format
    .replace(/\{\{\s*\.(\w+)\s*\}\}/g, (whole, field: string) => fields[field] ?? whole)
    .replace(/\\t/g, '\t');
}

function printed(...lines: string[]): ToolResult {
  return { exitCode: 0, output: lines.map((line) => `${line}\r\n`).join('') };
}

function refused(words: string): ToolResult {
  return { exitCode: wslFailed, output: `${words}\r\n` };
}
