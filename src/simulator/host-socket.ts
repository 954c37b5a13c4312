// SPDX-License-Identifier: MIT
import { getSystemErrorMap, getSystemErrorName } from 'node:util';
import { errorCodes } from '../common/error-codes.js';
import type { BindFunction, NodeHandle } from '../windows/native-binding.js';
import { whenClosed } from '../windows/node-handle.js';
import type { MachineAccess } from './machine-access.js';
import type { SimulatedProcess } from './model/process.js';
import { Refusal } from './model/refusal.js';

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

/** What an ordinary bind comes to where the machine cannot be got at: EIO, which no rule about ports gives. */
export const inputOutputError = errnoOf.get('EIO') ?? -1;

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
 * Binds the socket of the host to a port; 0 or the negative errno.
 *
 * @param isIpv6Only - Leaves IPv4 out, also where the bind was for both.
 */
type BindTo = (port: number, isIpv6Only: boolean) => number;

/** Where the host has a socket of the machine. */
interface HostPlace {
  /** The port that it has on the machine. */
  readonly port: number;
  /** The one that it has on the host. */
  readonly hostPort: number;
  readonly isIpv6Only: boolean;
}

/**
 * bind on a simulated machine: the machine says which ports may be tried, the host says which can be had.
 *
 * @returns Where to bind what is to have the socket instead of the handle.
 * @throws Refusal with the Winsock number.
 */
export function bindOnHost(
  process: SimulatedProcess,
  socketId: number,
  handle: NodeHandle,
  { family, address, port, ipv6Only, shared }: HostBind,
  bindTo: BindTo,
): HostPlace {
  const keys = shared ? [] : addressKeys(address, family, ipv6Only);
  for (const candidate of process.bindCandidates(socketId, port, keys)) {
    let place: HostPlace = { port: candidate, hostPort: candidate, isIpv6Only: ipv6Only };
    let errno = bindAt(place, handle, bindTo);
    if (isInUse(errno) && process.isBesideWildcard(socketId, candidate, keys)) {
      ({ place, errno } = bindBeside(handle, place, keys.length > 1, bindTo));
    }
    if (errno === 0) {
      process.confirmBind(socketId, candidate, keys);
      return place;
    }
    // A port that something outside the machine holds: the next one, where there is a choice.
    if (port !== 0 || !isInUse(errno)) {
      throw new Refusal(winsockNumber[getSystemErrorName(errno)] ?? errorCodes.WSAEINVAL.errorNumber);
    }
  }
  throw new Error('The machine refused no port and named none.');
}

/** Binds a handle to a place of the host and has it name the port of the machine; 0 or the negative errno. */
export function bindAt({ port, hostPort, isIpv6Only }: HostPlace, handle: NodeHandle, bindTo: BindTo): number {
  const errno = bindTo(hostPort, isIpv6Only);
  if (errno === 0 && hostPort !== port) pretendToHave(handle, port);
  return errno;
}

/**
 * Windows lets one socket have a port at every address and another have it at a single one. Linux does not. So that a
 * client reaches the more specific socket, one for both families is bound for IPv6 alone if that can be had. Else the
 * socket gets another port of the host, where no client looks for it, and names the one that it has on the machine.
 */
function bindBeside(
  handle: NodeHandle,
  wanted: HostPlace,
  isDualStack: boolean,
  bindTo: BindTo,
): { place: HostPlace; errno: number } {
  const ipv6 = { ...wanted, isIpv6Only: true };
  if (isDualStack && bindAt(ipv6, handle, bindTo) === 0) return { place: ipv6, errno: 0 };
  const errno = bindTo(0, wanted.isIpv6Only);
  const given: { port?: number } = {};
  if (errno === 0) handle.getsockname(given);
  const place = { ...wanted, hostPort: given.port ?? 0 };
  if (errno === 0) pretendToHave(handle, wanted.port);
  return { place, errno };
}

function isInUse(errno: number): boolean {
  return errno !== 0 && getSystemErrorName(errno) === 'EADDRINUSE';
}

/** Has a handle name another port than the host gave it. */
function pretendToHave(handle: NodeHandle, port: number): void {
  const getsockname = handle.getsockname.bind(handle);
  handle.getsockname = (out) => {
    const status = getsockname(out);
    out.port = port;
    return status;
  };
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
  access.settle((process) => {
    process.closeSocket(socketId);
  });
}
