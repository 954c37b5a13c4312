// SPDX-License-Identifier: MIT
import { Socket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { invalidType, outOfRange } from './arguments.js';
import { getBinding } from './binding.js';
import { openBoundSocket, openUnlessAborted, resolveHost } from './bound-socket.js';
import { packageError } from './errors.js';
import { onFirstFreePort } from './fallback.js';
import { handOver, isIpv6Only } from './node-handle.js';
import { holdReservation, type ReservationToken } from './reservation.js';
import {
  checkSocketArguments,
  closeOnAbort,
  isReserved,
  type CheckedSocketOptions,
  type SocketOptions,
} from './socket-arguments.js';
import { wildcard } from './winsock.js';

/**
 * Binds a `dgram.Socket` to a port inside a reservation. Everything else about the socket stays as Node has it: it can be
 * connected and join multicast groups afterwards. `ipv6Only` of the socket is applied, `reuseAddr` and `reusePort` are not.
 *
 * With a persistent reservation it needs an elevated process, with a runtime reservation it does not. Stands on
 * `WSAIoctl(SIO_ASSOCIATE_PORT_RESERVATION)` and `bind`; `socket.close()` closes what was bound.
 *
 * @param socket - A socket of type udp4 or udp6 that is not bound yet.
 * @param reservation - A UDP reservation, or its `{ protocol, token }`.
 * @param options - `port`: one of the reservation, 1 to 65535; 0, the default, takes a free one of it. `host`: an address
 * of this machine or a name; default all addresses. `signal`: closes the socket when it aborts.
 * @returns The address and port that the socket is bound to.
 * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE`: an argument is wrong, or the port outside the
 * block; Windows was not asked.
 * @throws {@link PortReservationError} `ERR_SOCKET_ALREADY_BOUND`, `ERR_SOCKET_CLOSED`, `ERR_RESERVATION_RELEASED`,
 * `ERR_RESERVATION_DELETED`, `ERR_FOREIGN_TOKEN`. `WSAEACCES`: the reservation is persistent and the process not
 * elevated. `WSAEADDRINUSE`: the port is in use. `WSAEADDRNOTAVAIL`: the host is not an address of this machine.
 * `WSAEINVAL`: no such token in this process. `WSAENOBUFS`, `WSAENETDOWN`, `WSAEAFNOSUPPORT`, `WSAEOPNOTSUPP`, `ERR_ADOPTION_FAILED`,
 * `ERR_UNSUPPORTED_PLATFORM`, `ERR_ADDON_NOT_LOADED`.
 * @throws The reason of `signal` when it aborts first; the error of `dns.lookup` for a name that is not found.
 * @example
 * const reservation = await RuntimePortReservation.acquire({ protocol: 'udp', numberOfPorts: 2 });
 * const socket = dgram.createSocket('udp4', onMessage);
 * const { port } = await bind(socket, reservation);
 */
export async function bind(
  socket: Socket,
  reservation: ReservationToken,
  options: SocketOptions = {},
): Promise<AddressInfo> {
  const family = checkSocket(socket);
  const checked = checkSocketArguments(reservation, 'udp', options);
  checked.signal?.throwIfAborted();
  checkUnbound(socket);

  const letGo = holdReservation(reservation);
  try {
    const address = isReserved(reservation)
      ? await bindInside(socket, family, reservation, checked, letGo)
      : await bindOrdinarily(socket, reservation, checked);
    closeOnAbort(socket, checked.signal);
    return address;
  } catch (error) {
    letGo();
    throw error;
  }
}

function checkSocket(socket: unknown): 4 | 6 {
  if (!(socket instanceof Socket)) throw invalidType('socket', 'a dgram.Socket', socket);
  // Node keeps it as a public property that its types do not know.
  return 'type' in socket && socket.type === 'udp6' ? 6 : 4;
}

function checkUnbound(socket: Socket): void {
  try {
    socket.address();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_SOCKET_DGRAM_NOT_RUNNING') {
      throw socketClosed(error);
    }
    return; // EBADF, or EINVAL on Windows: not bound
  }
  throw packageError('ERR_SOCKET_ALREADY_BOUND', 'Create another one.', { protocol: 'udp' });
}

function socketClosed(cause?: unknown): Error {
  return packageError('ERR_SOCKET_CLOSED', 'Create another one.', { protocol: 'udp', cause });
}

async function bindInside(
  socket: Socket,
  family: 4 | 6,
  reservation: ReservationToken,
  { port, host, signal }: CheckedSocketOptions,
  letGo: () => void,
): Promise<AddressInfo> {
  const bound = await openUnlessAborted(signal, async () => {
    const [first] = await resolveHost(host ?? wildcard[family], family);
    if (first?.family !== family) throw outOfRange('options.host', `an IPv${family} address for this socket`, host);
    const ipv6Only = isIpv6Only(socket);
    return openBoundSocket(getBinding(), reservation, { ...first, port, ipv6Only });
  });
  await handOver(bound.native, 'udp', letGo, (handle) => {
    // It may have been bound while the socket was being opened.
    checkUnbound(socket);
    // Takes the handle over and emits 'listening', all within the call.
    socket.bind(handle as never);
  });
  return { address: bound.address, family: `IPv${bound.family}`, port: bound.port };
}

function bindOrdinarily(
  socket: Socket,
  reservation: ReservationToken,
  { port, host, signal }: CheckedSocketOptions,
): Promise<AddressInfo> {
  return onFirstFreePort(port, reservation, async (candidate) => {
    const settled = new AbortController();
    try {
      const listening = once(socket, 'listening', { signal: settled.signal });
      const closed = once(socket, 'close', { signal: settled.signal }).then(() => {
        throw socketClosed();
      });
      signal?.addEventListener('abort', () => socket.close(), { signal: settled.signal });
      socket.bind({ port: candidate, address: host, exclusive: true });
      await Promise.race([listening, closed]);
      return socket.address();
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      settled.abort();
    }
  });
}
