// SPDX-License-Identifier: MIT
import type { Socket } from 'node:dgram';
import { isIP, type AddressInfo } from 'node:net';
import { outOfRange } from '../../common/arguments.js';
import { getBinding } from '../../windows/binding.js';
import { openBoundSocket, openUnlessAborted, sayWhy } from '../bound-socket.js';
import { packageError } from '../../common/errors.js';
import { onFirstFreePort } from './first-free-port.js';
import type { NodeHandle } from '../../windows/native-binding.js';
import { datagramHandleOf, handOver, lookUpFor, receiveOnHandle } from '../../windows/node-handle.js';
import { isIpv6Only } from '../../windows/node-state.js';
import { checkTakesSockets } from '../../windows/other-runtime.js';
import type { Hold, ReservationToken } from '../reservation-token.js';
import {
  checkUnbound,
  closeOnAbort,
  closeQuietly,
  socketClosed,
  type CheckedSocketOptions,
} from '../socket-arguments.js';
import { untilListening } from './until-listening.js';
import { wildcard } from '../../windows/winsock.js';

/** Binds a socket inside a reservation, and lets go of `hold` when the socket is closed. */
export async function bindInside(
  socket: Socket,
  family: 4 | 6,
  reservation: ReservationToken,
  { port, host, signal }: CheckedSocketOptions,
  hold: Hold,
): Promise<AddressInfo> {
  checkTakesSockets();
  const bound = await openUnlessAborted(signal, hold, async () => {
    // The program may have bound or closed the socket since it called bind().
    checkUnbound(socket);
    const address = await lookUpFor(socket, host ?? wildcard[family]);
    if (isIP(address) !== family) throw outOfRange('options.host', `an IPv${family} address for this socket`, host);
    const ipv6Only = isIpv6Only(socket);
    const binding = getBinding();
    return sayWhy(
      binding,
      reservation,
      port,
      openBoundSocket(binding, reservation, { family, address, port, ipv6Only }),
    );
  });
  await handOver(bound.native, hold.letGo, (open) => receive(socket, signal, open));
  return { address: bound.address, family: `IPv${bound.family}`, port: bound.port };
}

/** Opens the handle of a Node socket with a socket of Windows, and makes it receive. */
function receive(socket: Socket, signal: AbortSignal | undefined, open: (handle: NodeHandle) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    // Node emits 'listening' in a tick of its own, so that an error thrown by a listener is an uncaught exception and
    // not a rejection. Do the same.
    process.nextTick(() => {
      const done = { opening: false, listening: false };
      const onListening = (): void => {
        done.listening = true;
        resolve();
      };
      try {
        signal?.throwIfAborted();
        // The program may have bound or closed it while Windows opened the socket.
        checkUnbound(socket);
        const handle = datagramHandleOf(socket);
        open(handle);
        done.opening = true;
        // Run before the caller's listeners, because one of them may throw.
        socket.prependOnceListener('listening', onListening);
        closeOnAbort(socket, signal);
        receiveOnHandle(socket, handle);
        if (!done.listening)
          throw packageError(
            'ERR_ADOPTION_FAILED',
            'Node did not start to receive on the bound socket: create another socket.',
          );
      } catch (error) {
        if (done.listening) throw error;
        socket.removeListener('listening', onListening);
        if (done.opening) closeQuietly(socket);
        const failure = error as Error;
        reject(failure);
      }
    });
  });
}

/** Binds a socket on a platform without reservations. */
export function bindOrdinarily(
  socket: Socket,
  reservation: ReservationToken,
  { port, host, signal }: CheckedSocketOptions,
): Promise<AddressInfo> {
  return onFirstFreePort(port, reservation, (candidate) => {
    // The program may have bound or closed the socket since it called bind().
    signal?.throwIfAborted();
    checkUnbound(socket);
    const start = (): void => {
      socket.bind({ port: candidate, address: host, exclusive: true });
    };
    return untilListening(socket, signal, start, {
      listening: () => {
        closeOnAbort(socket, signal);
        return socket.address();
      },
      closed: socketClosed,
    });
  });
}
