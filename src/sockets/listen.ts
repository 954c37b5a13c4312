// SPDX-License-Identifier: MIT
import type { AddressInfo, Server } from 'node:net';
import { checkArray, checkPort, invalidType, outOfRange, take } from '../common/arguments.js';
import { builtin } from '../common/builtin.js';
import { listeningId } from '../windows/node-state.js';
import { holdReservation, takeReservation, type ReservationToken } from './reservation-token.js';
import {
  checkNotListening,
  checkSocketOptions,
  isReserved,
  type CheckedListenOptions,
  type SocketOptions,
} from './socket-arguments.js';

export interface ListenOptions extends SocketOptions {
  /** The number of connections that may wait to be accepted, 0 to 65535; default 511, as in Node. */
  readonly backlog?: number | undefined;
  /** On an IPv6 address, do not accept IPv4 connections. Default false. */
  readonly ipv6Only?: boolean | undefined;
}

/**
 * A `net.Server`, a server derived from it, or an object with one as its `server` property, for instance a fastify
 * application.
 */
export type ListeningServer = Server | { readonly server: Server };

const defaultBacklog = 511;

/**
 * Makes a server listen on a port inside a reservation: a `net.Server` or a server derived from it (`http`, `https`,
 * `http2`, `tls`). `host`, address families and `ipv6Only` work as in Node's `server.listen`.
 *
 * Needs an elevated process with a persistent reservation, and no elevation with a runtime reservation. Calls
 * `WSAIoctl(SIO_ASSOCIATE_PORT_RESERVATION)` and `bind`; the socket then belongs to the server, and `server.close()`
 * closes it. As with Node's `listen`, `server.close()` also stops a server whose socket is still being opened. The
 * promise then rejects with `ERR_SERVER_CLOSED`, and also if a `'listening'` listener closes the server.
 *
 * @param server - A server that is not listening yet.
 * @param reservation - A TCP reservation, or its `{ protocol, token }`.
 * @param options - `port`: a port of the reservation, 1 to 65535; 0, the default, takes a free port of the reservation.
 * `host`: an address of this machine or a name; default all addresses. `ipv6Only`: default false. `backlog`: 0 to
 * 65535, default 511. `signal`: aborting it closes the server.
 * @returns The address and port that the server listens on.
 * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE`: an argument is wrong, or the port lies
 * outside the block; Windows was not asked.
 * @throws {@link PortReservationError} `ERR_SERVER_ALREADY_LISTEN`, `ERR_SERVER_CLOSED`, `ERR_RESERVATION_RELEASED`,
 * `ERR_RESERVATION_DELETED`, `ERR_FOREIGN_TOKEN`. `WSAEACCES`: the reservation is persistent and the process is not
 * elevated, or the port belongs to another reservation. `WSAEADDRINUSE`: another socket uses the port at this address
 * or, without a `host`, at all addresses. A socket bound to all addresses and one bound to a single address can share a
 * port: Windows gives a client of that address to the more specific socket. `WSAEADDRNOTAVAIL`: the host is not an
 * address of this machine. `WSAEINVAL`: this process has no such token. `WSAENOBUFS`, `WSAENETDOWN`, `WSAEAFNOSUPPORT`,
 * `WSAEOPNOTSUPP`, `ERR_ADOPTION_FAILED`, `ERR_UNSUPPORTED_PLATFORM`, `ERR_ADDON_NOT_LOADED`.
 * @throws The reason of `signal` if it aborts first; the error of `dns.lookup` if it cannot find a name; the error that
 * the server emits if it cannot listen on the socket.
 * @example
 * const reservation = await PersistentPortReservation.ensure({ protocol: 'tcp', startPort: 5000, numberOfPorts: 20 });
 * const { port } = await listen(http.createServer(app), reservation, { port: 5000 });
 */
export async function listen(
  server: ListeningServer,
  reservation: ReservationToken<'tcp'>,
  options: ListenOptions = {},
): Promise<AddressInfo> {
  const target = checkServer(server);
  const checked = takeListenOptions(options);
  const inside = takeReservation(reservation, 'tcp', checked.port);
  return startToListen(target, inside, checked);
}

function takeListenOptions(options: unknown): CheckedListenOptions {
  const { backlog = defaultBacklog, ...given } = take('options', options, [
    ...(['port', 'host', 'ipv6Only', 'signal', 'backlog'] as const),
  ]);
  const checked = checkSocketOptions(given);
  checkPort('options.backlog', backlog, 0);
  return { ...checked, backlog };
}

async function startToListen(
  target: Server,
  reservation: ReservationToken,
  checked: CheckedListenOptions,
): Promise<AddressInfo> {
  checked.signal?.throwIfAborted();
  const id = listeningId(target);
  const hold = holdReservation(reservation);
  try {
    const { listenInside, listenOrdinarily } = await import('./lazy/listen.js');
    return isReserved(reservation)
      ? await listenInside(target, reservation, checked, id, hold)
      : await listenOrdinarily(target, reservation, checked, id);
  } catch (error) {
    hold.letGo();
    checked.signal?.throwIfAborted();
    throw error;
  }
}

/**
 * Makes several servers listen on consecutive ports of a reservation, one port each: all of them, or none.
 *
 * Elevation and errors are those of {@link listen}. Calls `WSAIoctl(SIO_ASSOCIATE_PORT_RESERVATION)` and `bind` for
 * each server.
 *
 * @param servers - Servers that are not listening yet, at most as many as the block has ports from `options.port` on.
 * @param reservation - A TCP reservation with its block.
 * @param options - As for {@link listen}; `port` is the port of the first server, default the first port of the block.
 * @returns The addresses and ports, in the order of the servers.
 * @throws As {@link listen}; none of the servers is listening then.
 * @example
 * const reservation = await RuntimePortReservation.acquire({ protocol: 'tcp', numberOfPorts: 4 });
 * const addresses = await listenOnEach(servers, reservation, { host: '127.0.0.1' });
 */
export async function listenOnEach(
  servers: readonly ListeningServer[],
  reservation: ReservationToken<'tcp'> & { readonly startPort: number; readonly numberOfPorts: number },
  options: ListenOptions = {},
): Promise<AddressInfo[]> {
  checkArray('servers', servers);
  const targets = Array.from(servers, checkServer);
  const checked = takeListenOptions(options);
  const inside = takeReservation(reservation, 'tcp', checked.port);
  const { startPort, numberOfPorts } = inside;
  checkPort('reservation.startPort', startPort, 1);
  checkPort('reservation.numberOfPorts', numberOfPorts, 1);
  const first = checked.port === 0 ? startPort : checked.port;
  const most = startPort + numberOfPorts - first;
  if (targets.length > most) throw outOfRange('servers', `at most ${most} from port ${first} on`, targets.length);

  const outcomes = await Promise.allSettled(
    targets.map((target, index) => startToListen(target, inside, { ...checked, port: first + index })),
  );
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (!failed) return outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  outcomes.forEach((outcome, index) => {
    if (outcome.status === 'fulfilled') targets[index]?.close();
  });
  throw failed.reason;
}

function serverOf(server: unknown): Server | undefined {
  const { Server } = builtin.net;
  if (server instanceof Server) return server;
  const inner: unknown =
    typeof server === 'object' && server !== null && 'server' in server ? server.server : undefined;
  return inner instanceof Server ? inner : undefined;
}

function checkServer(server: unknown): Server {
  const target = serverOf(server);
  if (!target) throw invalidType('server', 'a net.Server, or an object whose "server" is one', server);
  checkNotListening(target);
  return target;
}
