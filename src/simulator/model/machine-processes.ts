// SPDX-License-Identifier: MIT
import { userInfo } from 'node:os';
import type { Protocol } from '../../common/ports.js';
import { bindCandidates } from './bind-rules.js';
import type { MachineState } from './machine-state.js';

/** How to start a process. */
export interface ProcessOptions {
  /** Whether its token is elevated, as that of an administrator's shell is. Default true. */
  readonly elevated?: boolean | undefined;
  /** Its number in {@link SimulatedWindows.portOwners}; default a number that no process of the host has. */
  readonly processId?: number | undefined;
  /** The file name of its program; default that of `executable`, or `program.exe`. */
  readonly imageName?: string | undefined;
  /** The id of the process that started it, which may have ended. Default 0, which is no process. */
  readonly parentProcessId?: number | undefined;
  /** Default now. */
  readonly startedAt?: Date | undefined;
  /** The whole path of its program; default unknown. */
  readonly executable?: string | undefined;
  /** Default unknown. */
  readonly commandLine?: string | undefined;
  /** Default unknown. */
  readonly workingDirectory?: string | undefined;
  /** Default the user who runs the simulator, as `SIMULATED\name`. */
  readonly userName?: string | undefined;
}

export const processOptionNames = [
  ...(['elevated', 'processId', 'imageName', 'parentProcessId', 'startedAt'] as const),
  ...(['executable', 'commandLine', 'workingDirectory', 'userName'] as const),
];

/** A port for a process of the model alone, without a socket of the host. */
export interface ListenerOptions {
  readonly protocol: Protocol;
  readonly port: number;
  /** Default `0.0.0.0`. */
  readonly address?: string | undefined;
}

const unixEpoch = 116_444_736_000_000_000n;
const filetimePerMs = 10_000n;

/** Starts a process and returns its key on the machine. */
export function startProcess(state: MachineState, options: ProcessOptions): number {
  const { elevated = true, executable = '', startedAt = new Date(), parentProcessId = 0 } = options;
  const { imageName = executable.split(/[\\/]/).at(-1), commandLine = '', workingDirectory = '' } = options;
  return state.startProcess({
    elevated,
    processId: options.processId,
    imageName: imageName === undefined || imageName === '' ? 'program.exe' : imageName,
    parentProcessId,
    createdAt: unixEpoch + BigInt(startedAt.getTime()) * filetimePerMs,
    executable,
    commandLine,
    workingDirectory,
    userName: options.userName ?? currentUser(),
  });
}

/** Binds a socket that no socket of the host stands behind, by the rules of bind. Returns its id. */
export function listenOn(state: MachineState, processKey: number, options: ListenerOptions): number {
  const { protocol, port, address = '0.0.0.0' } = options;
  const socket = state.socketOf(processKey, state.openSocket(processKey, protocol, address.includes(':') ? 6 : 4, 0));
  try {
    const bound = { port, addresses: [address] };
    bindCandidates(state, socket, bound).next();
    state.bindSocket(socket, bound);
    return socket.id;
  } catch (error) {
    state.closeSocket(socket);
    throw error;
  }
}

/** The process of the kernel, which never ends. */
export const kernelProcessId = 4;

let user: string | undefined;

function currentUser(): string {
  user ??= `SIMULATED\\${nameOfUser()}`;
  return user;
}

function nameOfUser(): string {
  try {
    return userInfo().username;
  } catch {
    // The host has no name for the user, as in some containers.
    return 'user';
  }
}
