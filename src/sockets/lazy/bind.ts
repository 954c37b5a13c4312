// SPDX-License-Identifier: MIT
import type { Socket } from 'node:dgram';
import { isIP, type AddressInfo } from 'node:net';
import { outOfRange } from '../../common/arguments.js';
import { getBinding } from '../../windows/binding.js';
import { openBoundSocket, openUnlessAborted } from '../bound-socket.js';
import { packageError } from '../../common/errors.js';
import { onFirstFreePort } from './first-free-port.js';
import type { NodeHandle } from '../../windows/native-binding.js';
import { datagramHandleOf, handOver, isIpv6Only, lookUpFor, receiveOnHandle } from '../../windows/node-handle.js';
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

/** Binds a socket inside a reservation. `hold` is let go when it is closed. */
export async function bindInside(
  socket: Socket,
  family: 4 | 6,
  reservation: ReservationToken,
  { port, host, signal }: CheckedSocketOptions,
  hold: Hold,
): Promise<AddressInfo> {
  checkTakesSockets();
  const bound = await openUnlessAborted(signal, hold, async () => {
    // It may have been bound or closed since it was asked for.
    checkUnbound(socket);
    const address = await lookUpFor(socket, host ?? wildcard[family]);
    if (isIP(address) !== family) throw outOfRange('options.host', `an IPv${family} address for this socket`, host);
    const ipv6Only = isIpv6Only(socket);
    return openBoundSocket(getBinding(), reservation, { family, address, port, ipv6Only });
  });
  await handOver(bound.native, hold.letGo, (open) => receive(socket, signal, open));
  return { address: bound.address, family: `IPv${bound.family}`, port: bound.port };
}

/** Makes a socket receive on a socket of Windows that its handle is opened with. */
function receive(socket: Socket, signal: AbortSignal | undefined, open: (handle: NodeHandle) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    // In a tick of its own, as Node does: what a listener throws there is an uncaught exception, and no rejection.
    process.nextTick(() => {
      const done = { opening: false, listening: false };
      const onListening = (): void => {
        done.listening = true;
        resolve();
      };
      try {
        signal?.throwIfAborted();
        // It may have been bound or closed while the socket was being opened.
        checkUnbound(socket);
        const handle = datagramHandleOf(socket);
        open(handle);
        done.opening = true;
        // Before the listeners of the caller, one of which may throw.
        socket.prependOnceListener('listening', onListening);
        closeOnAbort(socket, signal);
        receiveOnHandle(socket, handle);
        if (!done.listening) throw packageError('ERR_ADOPTION_FAILED', 'The bind of the socket did not bind it.');
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

/** Binds a socket where there are no reservations. */
export function bindOrdinarily(
  socket: Socket,
  reservation: ReservationToken,
  { port, host, signal }: CheckedSocketOptions,
): Promise<AddressInfo> {
  return onFirstFreePort(port, reservation, (candidate) => {
    // It may have been bound or closed since it was asked for, as with a reservation.
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
