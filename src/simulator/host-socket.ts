// SPDX-License-Identifier: MIT
import { getSystemErrorMap, getSystemErrorName } from 'node:util';
import { errorCodes } from '../common/error-codes.js';
import type { BindFunction, NodeHandle } from '../windows/native-binding.js';
import { whenClosed } from '../windows/node-handle.js';
import type { MachineAccess } from './machine-access.js';
import type { HostPorts } from './model/machine-state.js';
import type { SimulatedProcess } from './model/process.js';
import { Refusal } from './model/refusal.js';

// Each socket of a simulated machine is a real socket of the host, so that real clients can reach it.

export type BindMethod = 'bind' | 'bind6';

const errnoOf = new Map([...getSystemErrorMap()].map(([errno, [name]]) => [name, errno]));

/** Maps the host's error of a refused bind to the Winsock number. */
const winsockNumber: Record<string, number> = {
  EACCES: errorCodes.WSAEACCES.errorNumber,
  EADDRINUSE: errorCodes.WSAEADDRINUSE.errorNumber,
  EADDRNOTAVAIL: errorCodes.WSAEADDRNOTAVAIL.errorNumber,
  EAFNOSUPPORT: errorCodes.WSAEAFNOSUPPORT.errorNumber,
  ENOBUFS: errorCodes.WSAENOBUFS.errorNumber,
};

/** Converts a Winsock number to the negative errno of this host, as libuv does. */
export function hostErrno(errorNumber: number): number {
  const name = Object.keys(winsockNumber).find((key) => winsockNumber[key] === errorNumber) ?? 'EINVAL';
  return errnoOf.get(name) ?? -1;
}

/** The errno of an ordinary bind when the machine cannot be reached: EIO, because no rule about ports gives it. */
export const inputOutputError = errnoOf.get('EIO') ?? -1;

/** Lists the addresses that no other socket may have on the same port: a dual-stack wildcard takes both families. */
function addressKeys(address: string, family: 4 | 6, ipv6Only: boolean): string[] {
  return family === 6 && address === '::' && !ipv6Only ? ['::', '0.0.0.0'] : [address];
}

export interface HostBind {
  readonly family: 4 | 6;
  readonly address: string;
  /** 0 for any port that the machine allows. */
  readonly port: number;
  readonly ipv6Only: boolean;
  /**
   * Whether the socket shares its port with others that also share it; the machine then does not look for other sockets
   * on the port.
   */
  readonly shared: boolean;
  readonly hostPorts: HostPorts;
}

/**
 * Binds the socket of the host to a port; 0 or the negative errno.
 *
 * @param isIpv6Only - Leaves IPv4 out, even if the bind was for both families.
 */
type BindTo = (port: number, isIpv6Only: boolean) => number;

/** The place of a machine's socket on the host. */
interface HostPlace {
  /** Its port on the machine. */
  readonly port: number;
  /** Its port on the host. */
  readonly hostPort: number;
  readonly isIpv6Only: boolean;
}

/** The outcome of a bind on the host: where it was made, and 0 or the negative errno. */
interface BoundAt {
  readonly place: HostPlace;
  readonly errno: number;
}

/**
 * Binds a socket of a simulated machine: the machine says which ports to try, the host says which are free.
 *
 * @returns The place at which to bind a handle that takes over the socket.
 * @throws Refusal with the Winsock number.
 */
export function bindOnHost(
  process: SimulatedProcess,
  socketId: number,
  handle: NodeHandle,
  { family, address, port, ipv6Only, shared, hostPorts }: HostBind,
  bindTo: BindTo,
): HostPlace {
  const keys = shared ? [] : addressKeys(address, family, ipv6Only);
  for (const candidate of process.bindCandidates(socketId, port, keys)) {
    const wanted: HostPlace = { port: candidate, hostPort: candidate, isIpv6Only: ipv6Only };
    let { place, errno } =
      hostPorts === 'any'
        ? bindElsewhere(handle, wanted, bindTo)
        : { place: wanted, errno: bindAt(wanted, handle, bindTo) };
    if (isInUse(errno) && process.isBesideWildcard(socketId, candidate, keys)) {
      ({ place, errno } = bindBeside(handle, wanted, keys.length > 1, bindTo));
    }
    if (errno === 0) {
      process.confirmBind(socketId, candidate, keys);
      return place;
    }
    // A program outside the machine has the port: try the next port if there is a choice.
    if (port !== 0 || !isInUse(errno)) {
      throw new Refusal(winsockNumber[getSystemErrorName(errno)] ?? errorCodes.WSAEINVAL.errorNumber);
    }
  }
  throw new Error('The machine neither refused the bind nor named a port.');
}

/**
 * Binds a handle to a place of the host and makes it report the port of the machine; returns 0 or the negative errno.
 */
export function bindAt({ port, hostPort, isIpv6Only }: HostPlace, handle: NodeHandle, bindTo: BindTo): number {
  const errno = bindTo(hostPort, isIpv6Only);
  if (errno === 0 && hostPort !== port) pretendToHave(handle, port);
  return errno;
}

/**
 * Binds a socket where Windows would let it share the port with a socket at all addresses, or at a single address.
 * Linux does not allow that. A dual-stack socket is bound for IPv6 alone if possible, so that clients still reach the
 * more specific socket. Otherwise the socket gets another port of the host, where no client looks for it, and reports
 * its port on the machine.
 */
function bindBeside(handle: NodeHandle, wanted: HostPlace, isDualStack: boolean, bindTo: BindTo): BoundAt {
  const ipv6 = { ...wanted, isIpv6Only: true };
  if (isDualStack && bindAt(ipv6, handle, bindTo) === 0) return { place: ipv6, errno: 0 };
  return bindElsewhere(handle, wanted, bindTo);
}

/** Binds a socket to a free port of the host, and makes it report the port that it has on the machine. */
function bindElsewhere(handle: NodeHandle, wanted: HostPlace, bindTo: BindTo): BoundAt {
  const errno = bindTo(0, wanted.isIpv6Only);
  const given: { port?: number } = {};
  if (errno === 0) handle.getsockname(given);
  const place = { ...wanted, hostPort: given.port ?? 0 };
  if (errno === 0) pretendToHave(handle, wanted.port);
  return { place, errno };
}

export function isInUse(errno: number): boolean {
  return errno !== 0 && getSystemErrorName(errno) === 'EADDRINUSE';
}

/** Makes a handle report another port than the host gave it. */
function pretendToHave(handle: NodeHandle, port: number): void {
  const getsockname = handle.getsockname.bind(handle);
  handle.getsockname = (out) => {
    const status = getsockname(out);
    out.port = port;
    return status;
  };
}

/** Calls a bind of a handle. It also finds EADDRINUSE, which libuv keeps back until listen. */
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

/** Closes the socket of the machine when the handle is closed, no matter who owns the handle by then. */
export function closeTogether(handle: NodeHandle, access: MachineAccess, socketId: number): void {
  whenClosed(handle, () => {
    closeQuietly(access, socketId);
  });
}

/** Closes a socket of the machine that may already be gone with its process or its machine. */
export function closeQuietly(access: MachineAccess, socketId: number): void {
  access.settle((process) => {
    process.closeSocket(socketId);
  });
}
