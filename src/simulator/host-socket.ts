// SPDX-License-Identifier: MIT
import { getSystemErrorMap, getSystemErrorName } from 'node:util';
import { errorCodes } from '../error-codes.js';
import type { BindFunction, NodeHandle } from '../native-binding.js';
import { whenClosed } from '../node-handle.js';
import type { MachineAccess } from './machine-access.js';
import type { SimulatedProcess } from './process.js';
import { Refusal } from './refusal.js';

// The sockets of a simulated machine are sockets of the host it runs on, so that real clients reach them.

export type BindMethod = 'bind' | 'bind6';

const errnoOf = new Map([...getSystemErrorMap()].map(([errno, [name]]) => [name, errno]));

/** What the host's refusal of a bind is called on Windows. */
const winsockNumber: Record<string, number> = {
  EACCES: errorCodes.WSAEACCES.errorNumber,
  EADDRINUSE: errorCodes.WSAEADDRINUSE.errorNumber,
  EADDRNOTAVAIL: errorCodes.WSAEADDRNOTAVAIL.errorNumber,
  EAFNOSUPPORT: errorCodes.WSAEAFNOSUPPORT.errorNumber,
  ENOBUFS: errorCodes.WSAENOBUFS.errorNumber,
};

/** What libuv makes of a Winsock number, as the negative errno of this host. */
export function hostErrno(errorNumber: number): number {
  const name = Object.keys(winsockNumber).find((key) => winsockNumber[key] === errorNumber) ?? 'EINVAL';
  return errnoOf.get(name) ?? -1;
}

/** The keys of an address that no other socket may have on the same port: a dual-stack wildcard takes both families. */
function addressKeys(address: string, family: 4 | 6, ipv6Only: boolean): string[] {
  return family === 6 && address === '::' && !ipv6Only ? ['::', '0.0.0.0'] : [address];
}

export interface HostBind {
  readonly family: 4 | 6;
  readonly address: string;
  /** 0 for any port that the machine lets the socket have. */
  readonly port: number;
  readonly ipv6Only: boolean;
  /** The socket shares its port with whoever also says so: the machine does not look for others on it. */
  readonly shared: boolean;
}

/**
 * bind on a simulated machine: the machine says which ports may be tried, the host says which can be had.
 *
 * @param bindTo - Binds the socket of the host to a port; 0 or the negative errno.
 * @throws Refusal with the Winsock number.
 */
export function bindOnHost(
  process: SimulatedProcess,
  socketId: number,
  { family, address, port, ipv6Only, shared }: HostBind,
  bindTo: (port: number) => number,
): void {
  const keys = shared ? [] : addressKeys(address, family, ipv6Only);
  for (const candidate of process.bindCandidates(socketId, port, keys)) {
    const errno = bindTo(candidate);
    if (errno === 0) {
      process.confirmBind(socketId, candidate, keys);
      return;
    }
    // A port that something outside the machine holds: the next one, where there is a choice.
    const name = getSystemErrorName(errno);
    if (port !== 0 || name !== 'EADDRINUSE') {
      throw new Refusal(winsockNumber[name] ?? errorCodes.WSAEINVAL.errorNumber);
    }
  }
}

/** Calls a bind of a handle and finds the error that libuv keeps back until listen: EADDRINUSE. */
export function bindHandle(
  handle: NodeHandle,
  bind: BindFunction,
  address: string,
  port: number,
  flags: number | undefined,
): number {
  const errno = bind.call(handle, address, port, flags);
  return errno === 0 ? handle.getsockname({}) : errno;
}

/** Closes the socket of the machine with the handle, whoever owns that then. */
export function closeTogether(handle: NodeHandle, access: MachineAccess, socketId: number): void {
  whenClosed(handle, () => {
    closeQuietly(access, socketId);
  });
}

/** Closes a socket of the machine that may be gone already, with its process or its machine. */
export function closeQuietly(access: MachineAccess, socketId: number): void {
  try {
    access.transact((process) => {
      process.closeSocket(socketId);
    });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}
