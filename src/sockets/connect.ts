// SPDX-License-Identifier: MIT
import type { Socket } from 'node:net';
import {
  checkBoolean,
  checkDuration,
  checkFamily,
  checkHost,
  checkPort,
  checkSignal,
  takeAll,
} from '../common/arguments.js';
import { holdReservation, takeReservation, type ReservationToken } from './reservation-token.js';
import type { CheckedConnectOptions, ConnectOptions } from './socket-arguments.js';

/**
 * Connects to a server from a port inside a reservation.
 *
 * Needs an elevated process with a persistent reservation, and no elevation with a runtime reservation. Calls
 * `WSAIoctl(SIO_ASSOCIATE_PORT_RESERVATION)`, `bind` and `ConnectEx`; `socket.destroy()` closes the bound socket.
 *
 * @param reservation - A TCP reservation, or its `{ protocol, token }`.
 * @param options - As for `net.connect`: `port` 1 to 65535 and `host` (default localhost) of the server, `localPort`,
 * `localAddress`, `family`, `noDelay`, `keepAlive`, `keepAliveInitialDelay`, `allowHalfOpen`, `timeout`, `signal`.
 * `connect` tries the addresses of a name one after the other.
 * @returns The connected socket.
 * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE`: an argument is wrong, or `localPort` lies
 * outside the block; Windows was not asked.
 * @throws {@link PortReservationError} `ERR_RESERVATION_RELEASED`, `ERR_RESERVATION_DELETED`, `ERR_FOREIGN_TOKEN`,
 * `ERR_SOCKET_CLOSED`. `WSAEACCES`: the reservation is persistent and the process is not elevated. `WSAEADDRINUSE`: the
 * local port is in use. `WSAEADDRNOTAVAIL`: `localAddress` is not an address of this machine. `WSAEINVAL`: this process
 * has no such token. `WSAENOBUFS`, `WSAENETDOWN`, `WSAEAFNOSUPPORT`, `WSAEOPNOTSUPP`, `ERR_ADOPTION_FAILED`,
 * `ERR_UNSUPPORTED_PLATFORM`, `ERR_ADDON_NOT_LOADED`.
 * @throws The error that `net.connect` emits: `ECONNREFUSED`, `ETIMEDOUT`, an AbortError, ...; the error of
 * `dns.lookup` if it cannot find a name.
 * @example
 * const socket = await connect(reservation, { host: 'license.example', port: 27000 });
 */
export async function connect(reservation: ReservationToken<'tcp'>, options: ConnectOptions): Promise<Socket> {
  const checked = takeConnectOptions(options);
  const inside = takeReservation(reservation, 'tcp', checked.localPort, 'options.localPort');
  checked.signal?.throwIfAborted();

  const hold = holdReservation(inside);
  try {
    const { connectFrom } = await import('./lazy/connect.js');
    return await connectFrom(inside, checked, hold);
  } catch (error) {
    hold.letGo();
    throw error;
  }
}

function takeConnectOptions(options: unknown): CheckedConnectOptions {
  const given = takeAll('options', options);
  const { port, host = 'localhost', family, localPort = 0, localAddress, signal } = given;
  checkPort('options.port', port, 1);
  checkHost('options.host', host);
  if (family !== undefined && family !== 0) checkFamily('options.family', family);
  checkPort('options.localPort', localPort, 0);
  if (localAddress !== undefined) checkHost('options.localAddress', localAddress);
  if (signal !== undefined) checkSignal('options.signal', signal);
  for (const name of ['noDelay', 'keepAlive', 'allowHalfOpen'] as const) {
    if (given[name] !== undefined) checkBoolean(`options.${name}`, given[name]);
  }
  for (const name of ['timeout', 'keepAliveInitialDelay'] as const) {
    if (given[name] !== undefined) checkDuration(`options.${name}`, given[name]);
  }
  return {
    ...given,
    port,
    host,
    family: family === 4 || family === 6 ? family : undefined,
    localPort,
    localAddress,
    signal,
  };
}
