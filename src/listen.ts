// SPDX-License-Identifier: MIT
import { once } from 'node:events';
import { Server, type AddressInfo } from 'node:net';
import {
  checkBoolean,
  checkHost,
  checkObject,
  checkPort,
  checkProtocol,
  checkSignal,
  checkToken,
  invalidType,
  outOfRange,
} from './arguments.js';
import { getBinding } from './binding.js';
import {
  openBoundSocket,
  openWildcardSocket,
  resolveHost,
  type BoundSocket,
  type ReservationToken,
} from './bound-socket.js';
import { packageError } from './errors.js';
import type { NativeBinding } from './native-binding.js';
import { adopt } from './node-handle.js';

export interface ListenOptions {
  /** A port of the reservation, 1 to 65535; 0, the default, takes a free one of it. */
  readonly port?: number;
  /** An address of this machine or a name; default all addresses of both families, as Node's `server.listen`. */
  readonly host?: string;
  /** How many connections may wait to be accepted; default 511, as Node's. */
  readonly backlog?: number;
  /** Do not take IPv4 as well on an IPv6 address. Default false. */
  readonly ipv6Only?: boolean;
  /** Aborting closes the server, whether it listens already or not, as with Node's `server.listen`. */
  readonly signal?: AbortSignal;
}

const defaultBacklog = 511;

/**
 * Makes a server listen on a port inside a reservation: `net.Server`, and what derives from it (`http`, `https`,
 * `http2`, `tls`).
 *
 * With the token of a persistent reservation it needs an elevated process, with that of a runtime reservation it does
 * not. Stands on `WSAIoctl(SIO_ASSOCIATE_PORT_RESERVATION)` and `bind`; the socket then belongs to the server, and
 * `server.close()` closes it.
 *
 * @param server - A server that does not listen yet.
 * @param reservation - A TCP reservation, or its `{ protocol, token }`.
 * @returns The address and port that the server listens on.
 * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE`: an argument is wrong; Windows was not asked.
 * @throws {@link PortReservationError} `ERR_SERVER_ALREADY_LISTEN`. `WSAEACCES`: the reservation is persistent and the
 * process not elevated, or the port lies in somebody else's reservation. `WSAEADDRINUSE`: the port is in use.
 * `WSAEADDRNOTAVAIL`: the host is not an address of this machine. `WSAEINVAL`: no such token in this process.
 * `WSAENOBUFS`, `WSAENETDOWN`, `ERR_ADOPTION_FAILED`, `ERR_UNSUPPORTED_PLATFORM`, `ERR_ADDON_NOT_LOADED`.
 * @throws The reason of `signal` when it aborts first; the error of `dns.lookup` for a name that is not found.
 * @example
 * const token = await lookupPersistentTcpPortReservation(5000, 20);
 * const { port } = await listen(http.createServer(app), { protocol: 'tcp', token }, { port: 5000 });
 */
export async function listen(
  server: Server,
  reservation: ReservationToken,
  options: ListenOptions = {},
): Promise<AddressInfo> {
  checkServer(server);
  checkReservation(reservation);
  const { port, host, backlog, ipv6Only, signal } = checkOptions(options);
  signal?.throwIfAborted();

  const binding = getBinding();
  const bound = await openFor(binding, reservation, port, host, ipv6Only);
  try {
    // Both may have changed while the socket was being opened.
    signal?.throwIfAborted();
    checkServer(server);
    await startListening(server, bound, backlog, signal);
  } catch (error) {
    // Still ours unless the server took it; a server that failed to listen closes it itself.
    await bound.native.close();
    throw error;
  }
  return { address: bound.address, family: `IPv${bound.family}`, port: bound.port };
}

function checkServer(server: unknown): asserts server is Server {
  if (!(server instanceof Server)) throw invalidType('server', 'a net.Server', server);
  if (server.listening) throw packageError('ERR_SERVER_ALREADY_LISTEN', 'Close it first, or use another server.');
}

function checkReservation(reservation: unknown): asserts reservation is ReservationToken {
  checkObject('reservation', reservation);
  checkProtocol('reservation.protocol', reservation['protocol']);
  checkToken('reservation.token', reservation['token']);
  if (reservation['protocol'] !== 'tcp') {
    throw outOfRange('reservation.protocol', "'tcp' for a server", reservation['protocol']);
  }
}

function checkOptions(options: unknown) {
  checkObject('options', options);
  const { port = 0, host, backlog = defaultBacklog, ipv6Only = false, signal } = options;
  checkPort('options.port', port, 0);
  if (host !== undefined) checkHost('options.host', host);
  checkPort('options.backlog', backlog, 0);
  checkBoolean('options.ipv6Only', ipv6Only);
  if (signal !== undefined) checkSignal('options.signal', signal);
  return { port, host, backlog, ipv6Only, signal };
}

async function openFor(
  binding: NativeBinding,
  reservation: ReservationToken,
  port: number,
  host: string | undefined,
  ipv6Only: boolean,
): Promise<BoundSocket> {
  if (host === undefined) return openWildcardSocket(binding, reservation, port, ipv6Only);
  return openBoundSocket(binding, reservation, { ...(await resolveHost(host)), port, ipv6Only });
}

async function startListening(
  server: Server,
  bound: BoundSocket,
  backlog: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const handle = adopt(bound.native, 'tcp server');
  const listening = once(server, 'listening', signal && { signal });
  server.listen(handle, backlog);
  try {
    await listening;
  } catch (error) {
    server.close();
    signal?.throwIfAborted();
    throw error;
  }
  closeOnAbort(server, signal);
}

function closeOnAbort(server: Server, signal: AbortSignal | undefined): void {
  if (!signal) return;
  const close = (): void => {
    server.close();
  };
  signal.addEventListener('abort', close, { once: true });
  server.once('close', () => {
    signal.removeEventListener('abort', close);
  });
}
