// SPDX-License-Identifier: MIT
import type { Socket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { outOfRange } from './arguments.js';
import { getBinding } from './binding.js';
import { openBoundSocket, openUnlessAborted, resolveHost } from './bound-socket.js';
import { onFirstFreePort } from './first-free-port.js';
import { handOver, isIpv6Only } from './node-handle.js';
import { checkTakesSockets } from './other-runtime.js';
import type { ReservationToken } from './reservation.js';
import { checkUnbound, socketClosed, type CheckedSocketOptions } from './socket-arguments.js';
import { wildcard } from './winsock.js';

/** Binds a socket inside a reservation. `letGo` is called when it is closed. */
export async function bindInside(
  socket: Socket,
  family: 4 | 6,
  reservation: ReservationToken,
  { port, host, signal }: CheckedSocketOptions,
  letGo: () => void,
): Promise<AddressInfo> {
  checkTakesSockets();
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

/** Binds a socket where there are no reservations. */
export function bindOrdinarily(
  socket: Socket,
  reservation: ReservationToken,
  { port, host, signal }: CheckedSocketOptions,
): Promise<AddressInfo> {
  return onFirstFreePort(port, reservation, async (candidate) => {
    // It may have been bound or closed since it was asked for, as with a reservation.
    signal?.throwIfAborted();
    checkUnbound(socket);
    const settled = new AbortController();
    try {
      const listening = once(socket, 'listening', { signal: settled.signal });
      const closed = once(socket, 'close', { signal: settled.signal }).then(() => {
        throw socketClosed();
      });
      signal?.addEventListener('abort', () => socket.close(), { signal: settled.signal });
      const outcome = Promise.race([listening, closed]);
      // Where bind throws, nobody waits for it.
      outcome.catch(() => undefined);
      socket.bind({ port: candidate, address: host, exclusive: true });
      await outcome;
      return socket.address();
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      settled.abort();
    }
  });
}
