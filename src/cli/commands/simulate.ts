// SPDX-License-Identifier: MIT
import { rm } from 'node:fs/promises';
import { advisedCommand } from '../../common/advised-command.js';
import { errorCodes, findErrorCode } from '../../common/error-codes.js';
import { errorFromFailure, packageError, type CallContext } from '../../common/errors.js';
import { portsText } from '../../common/port-ranges.js';
import type { PortBlock, Protocol } from '../../common/ports.js';
import { printable } from '../../common/printable.js';
import { recordsBeside } from '../../machine/records.js';
import { machineFileOf } from '../../simulator/file/default-machine-file.js';
import { MachineFile } from '../../simulator/file/machine-file.js';
import type { SimulatedWindows } from '../../simulator/model/machine.js';
import { Refusal } from '../../simulator/model/refusal.js';
import type { WslOptions } from '../../simulator/model/wsl.js';
import type { Outcome } from '../outcome.js';

export function addWinNatBlock(block: PortBlock): Promise<Outcome> {
  const text = `WinNAT has ${block.protocol.toUpperCase()} ports ${portsText(block)}`;
  return change('winnat', block, text, ({ winNat }) => {
    winNat.addBlock(block);
  });
}

export function runContainer(
  port: number,
  { protocol, name, hns = false }: { protocol: Protocol; name?: string; hns?: boolean },
): Promise<Outcome> {
  const heldBy = hns ? 'hns' : 'socket';
  return change('docker', { protocol, startPort: port }, `a container publishes port ${port}`, ({ docker }) => {
    docker.run({ port, protocol, name, heldBy });
  });
}

export function listenInKernel(port: number): Promise<Outcome> {
  return change('http', { protocol: 'tcp', startPort: port }, `http.sys listens on port ${port}`, ({ httpSys }) => {
    httpSys.listen(port);
  });
}

export interface ProgramOptions {
  readonly port?: number;
  readonly host: string;
  readonly commandLine?: string;
  readonly directory?: string;
  /** Whether the process that started it has ended. */
  readonly leftOver?: boolean;
}

export function startProgram(imageName: string, options: ProgramOptions): Promise<Outcome> {
  const { port, host, commandLine = imageName, directory, leftOver = false } = options;
  const listens = port === undefined ? 'runs' : `listens on port ${port}`;
  return change('process', { protocol: 'tcp', startPort: port }, `${imageName} ${listens}`, (machine) => {
    const parent = leftOver ? machine.startProcess({ imageName: 'cmd.exe' }) : undefined;
    const started = machine.startProcess({
      ...{ imageName, commandLine, workingDirectory: directory, elevated: false },
      parentProcessId: parent?.processId,
    });
    parent?.exit();
    try {
      if (port !== undefined) started.listen({ protocol: 'tcp', port, address: host });
    } catch (error) {
      started.exit();
      throw error;
    }
  });
}

export function startWsl(options: WslOptions): Promise<Outcome> {
  return change(
    'wsl',
    {},
    `${String(options.distribution)} runs, with ${String(options.mode)} networking`,
    ({ wsl }) => {
      wsl.start(options);
    },
  );
}

export function listenInLinux(port: number, program: string): Promise<Outcome> {
  return change(
    'wsl listen',
    { protocol: 'tcp', startPort: port },
    `${program} listens on port ${port} in Linux`,
    ({ wsl }) => {
      wsl.listen(port, program);
    },
  );
}

export function endInLinux(port: number): Promise<Outcome> {
  return change('wsl end', {}, `the program of Linux on port ${port} has ended`, ({ wsl }) => {
    wsl.end(port);
  });
}

export function releaseLinuxPorts(): Promise<Outcome> {
  return change('wsl release', {}, 'WSL has given up the ports of programs that have ended', ({ wsl }) => {
    wsl.releaseEnded();
  });
}

export function stopWsl(): Promise<Outcome> {
  return change('wsl stop', {}, 'WSL is shut down', ({ wsl }) => {
    wsl.shutDown();
  });
}

export function setMaxUserPort(port: number | undefined): Promise<Outcome> {
  const text = port === undefined ? 'MaxUserPort is gone' : `MaxUserPort is ${port}`;
  return change('max-user-port', {}, `${text}; it counts from the next restart on`, ({ registry }) => {
    registry.write('SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters', 'MaxUserPort', port);
  });
}

export function restart(): Promise<Outcome> {
  return change('restart', {}, 'the simulated Windows has restarted', (machine) => {
    machine.restart();
  });
}

export async function reset(): Promise<Outcome> {
  const file = machineFileOf(process.env);
  new MachineFile(file, true).reset();
  // A record of the old machine would permit to delete an exclusion of the new one.
  await rm(recordsBeside(file), { recursive: true, force: true });
  return visit(file, 'the simulated Windows is new', () => undefined);
}

export function show(): Promise<Outcome> {
  const file = machineFileOf(process.env);
  const { data } = visit(file, '', () => undefined);
  return Promise.resolve({ data, text: () => stateText(data) });
}

/** Changes the machine in the file, and gives its state after that. */
function change(
  command: string,
  context: CallContext,
  text: string,
  work: (machine: SimulatedWindows) => void,
): Promise<Outcome> {
  const file = machineFileOf(process.env);
  try {
    return Promise.resolve(visit(file, text, work));
  } catch (error) {
    return Promise.reject(errorOf(error, command, context));
  }
}

function simulationError(cause: RangeError): Error {
  const look = `This command shows the machine: ${advisedCommand('simulate show')}`;
  const { message } = cause;
  return packageError('ERR_SIMULATION', `${message.charAt(0).toUpperCase()}${message.slice(1)}. ${look}`, { cause });
}

type State = ReturnType<typeof stateOf>;

function visit(
  file: string,
  text: string,
  work: (machine: SimulatedWindows) => void,
): Outcome & { readonly data: State } {
  const data = new MachineFile(file, true).visit((machine) => {
    work(machine);
    return stateOf(file, machine);
  });
  return { data, text: () => `${printable(text)}\n` };
}

/** The model refuses as Windows does, or says in its own words what cannot be. */
function errorOf(error: unknown, command: string, context: CallContext): Error {
  if (error instanceof Refusal) {
    const formatMessage = (errorNumber: number): string => {
      const code = findErrorCode(errorNumber);
      return code === undefined ? '' : errorCodes[code].meaning;
    };
    return errorFromFailure(
      { formatMessage },
      { call: `simulate ${command}`, errorNumber: error.errorNumber },
      context,
    );
  }
  if (error instanceof RangeError) return simulationError(error);
  return error as Error;
}

function stateOf(machine: string, windows: SimulatedWindows) {
  const protocols = ['tcp', 'udp'] as const;
  const { winNat, httpSys, docker, wsl, services, processes } = windows;
  return {
    machine,
    dynamicRanges: { tcp: windows.dynamicRangeOf('tcp'), udp: windows.dynamicRangeOf('udp') },
    ranges: protocols.flatMap((protocol) => windows.excludedPortRanges(protocol)),
    winNatBlocks: winNat.blocks,
    httpPorts: httpSys.ports,
    containers: docker.containers,
    wsl: { mode: wsl.mode, distributions: wsl.distributions, listeners: wsl.listeners },
    services: services.list().map(({ name, state }) => ({ name, state: state === 4 ? 'running' : 'not running' })),
    owners: protocols.flatMap((protocol) =>
      windows
        .portOwners(protocol)
        .map(({ address, port, processId, imageName }) => ({ protocol, address, port, processId, imageName })),
    ),
    processes: processes.list().map(({ processId, imageName, commandLine }) => ({ processId, imageName, commandLine })),
  };
}

function stateText(state: State): string {
  const { machine, ranges, containers, wsl, services, owners } = state;
  const running = services.filter((service) => service.state === 'running').map(({ name }) => name);
  const lines = [
    `machine: ${machine}`,
    ...(['tcp', 'udp'] as const).map(
      (protocol) => `dynamic range, ${protocol}: ${portsText(state.dynamicRanges[protocol])}`,
    ),
    ...ranges.map((range) => `${range.protocol} ${portsText(range)}: ${whose(range, state)}`),
    ...containers.map(({ name, protocol, port }) => `container ${name}: ${protocol} ${port}`),
    ...(wsl.mode === undefined ? [] : [`WSL: ${wsl.mode}`]),
    ...wsl.distributions.map(
      ({ name, hasNetwork }) => `  ${name}: ${hasNetwork ? 'running' : 'running, without network'}`,
    ),
    ...wsl.listeners.map(({ port, program, ended }) => `  ${program}: tcp ${port}${ended ? ' (has ended)' : ''}`),
    `services: ${running.length === 0 ? 'none' : running.join(', ')}`,
    ...owners.map(({ protocol, address, port, imageName, processId }) => {
      const at = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
      return `${imageName} (process ${processId}): ${protocol} ${at}`;
    }),
  ];
  return `${lines.map(printable).join('\n')}\n`;
}

function whose({ startPort, protocol, kind }: State['ranges'][number], state: State): string {
  if (kind !== 'foreign') return kind === 'administered' ? 'excluded by an administrator' : `${kind} reservation`;
  const isStart = (block: PortBlock): boolean => block.protocol === protocol && block.startPort === startPort;
  if (state.winNatBlocks.some(isStart)) return 'WinNAT';
  if (state.httpPorts.includes(startPort)) return 'http.sys';
  return 'a part of Windows';
}
