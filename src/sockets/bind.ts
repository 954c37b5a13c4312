// SPDX-License-Identifier: MIT
import type { Socket } from 'node:dgram';
import type { AddressInfo } from 'node:net';
import { invalidType, take } from '../common/arguments.js';
import { builtin } from '../common/builtin.js';
import { holdReservation, takeReservation, type ReservationToken } from './reservation-token.js';
import { checkSocketOptions, checkUnbound, isReserved, type SocketOptions } from './socket-arguments.js';

/**
 * Binds a `dgram.Socket` to a port inside a reservation. In everything else the socket behaves as in Node: it can be
 * connected and join multicast groups afterwards. `bind` applies the socket's `ipv6Only`, but not its `reuseAddr` and
 * `reusePort`.
 *
 * Needs an elevated process with a persistent reservation, and no elevation with a runtime reservation. Calls
 * `WSAIoctl(SIO_ASSOCIATE_PORT_RESERVATION)` and `bind`; `socket.close()` closes the bound socket.
 *
 * @param socket - A socket of type udp4 or udp6 that is not bound yet.
 * @param reservation - A UDP reservation, or its `{ protocol, token }`.
 * @param options - `port`: a port of the reservation, 1 to 65535; 0, the default, takes a free port of the reservation.
 * `host`: an address of this machine, or a name that the socket looks up with the `lookup` it was created with; default
 * all addresses. `signal`: aborting it closes the socket.
 * @returns The address and port that the socket is bound to. As with Node's `bind`, an error thrown by a `'listening'`
 * listener is an uncaught exception.
 * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE`: an argument is wrong, or the port lies
 * outside the block; Windows was not asked.
 * @throws {@link PortReservationError} `ERR_SOCKET_ALREADY_BOUND`, `ERR_SOCKET_CLOSED`, `ERR_RESERVATION_RELEASED`,
 * `ERR_RESERVATION_DELETED`, `ERR_FOREIGN_TOKEN`. `WSAEACCES`: the reservation is persistent and the process is not
 * elevated. `WSAEADDRINUSE`: another socket uses the port, see {@link listen}. `WSAEADDRNOTAVAIL`: the host is not an
 * address of this machine. `WSAEINVAL`: this process has no such token. `WSAENOBUFS`, `WSAENETDOWN`, `WSAEAFNOSUPPORT`,
 * `WSAEOPNOTSUPP`, `ERR_ADOPTION_FAILED`, `ERR_UNSUPPORTED_PLATFORM`, `ERR_ADDON_NOT_LOADED`.
 * @throws The reason of `signal` if it aborts first; the error of `dns.lookup` if it cannot find a name; Node's error
 * for an invalid `recvBufferSize` or `sendBufferSize` of the socket.
 * @example
 * const reservation = await RuntimePortReservation.acquire({ protocol: 'udp', numberOfPorts: 2 });
 * const socket = dgram.createSocket('udp4', onMessage);
 * const { port } = await bind(socket, reservation);
 */
export async function bind(
  socket: Socket,
  reservation: ReservationToken<'udp'>,
  options: SocketOptions = {},
): Promise<AddressInfo> {
  const family = checkSocket(socket);
  const checked = checkSocketOptions(take('options', options, ['port', 'host', 'ipv6Only', 'signal']));
  const inside = takeReservation(reservation, 'udp', checked.port);
  checked.signal?.throwIfAborted();
  checkUnbound(socket);

  const hold = holdReservation(inside);
  try {
    const { bindInside, bindOrdinarily } = await import('./lazy/bind.js');
    return isReserved(inside)
      ? await bindInside(socket, family, inside, checked, hold)
      : await bindOrdinarily(socket, inside, checked);
  } catch (error) {
    hold.letGo();
    checked.signal?.throwIfAborted();
    throw error;
  }
}

function checkSocket(socket: unknown): 4 | 6 {
  if (!(socket instanceof builtin.dgram.Socket)) throw invalidType('socket', 'a dgram.Socket', socket);
  // Node has this public property, but its types do not declare it.
  return 'type' in socket && socket.type === 'udp6' ? 6 : 4;
}
