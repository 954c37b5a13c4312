// SPDX-License-Identifier: MIT
import type { AddressInfo, Server } from 'node:net';
import { getBinding } from '../../windows/binding.js';
import {
  openBoundSocket,
  openUnlessAborted,
  openWildcardSocket,
  resolveFirst,
  sayWhy,
  type BoundSocket,
} from '../bound-socket.js';
import { packageError } from '../../common/errors.js';
import { onFirstFreePort } from './first-free-port.js';
import type { NativeBinding, NodeHandle } from '../../windows/native-binding.js';
import { createHandle, handleOf, handOver, listenOnHandle } from '../../windows/node-handle.js';
import { listeningId } from '../../windows/node-state.js';
import { checkTakesSockets } from '../../windows/other-runtime.js';
import type { Hold, ReservationToken } from '../reservation-token.js';
import { checkNotListening, closeOnAbort, type CheckedListenOptions } from '../socket-arguments.js';
import { untilListening } from './until-listening.js';

/**
 * Makes a server listen inside a reservation.
 *
 * @param id - The `listeningId` of the server at the time of the call.
 * @param hold - Lets go when the socket is closed.
 */
export async function listenInside(
  server: Server,
  reservation: ReservationToken,
  options: CheckedListenOptions,
  id: unknown,
  hold: Hold,
): Promise<AddressInfo> {
  checkTakesSockets();
  const { port, host, ipv6Only, backlog, signal } = options;
  const bound = await openUnlessAborted(signal, hold, () => {
    const binding = getBinding();
    const opening = openFor(binding, reservation, options);
    return sayWhy(binding, reservation, port, opening);
  });
  await handOver(bound.native, hold.letGo, async (open) => {
    signal?.throwIfAborted();
    // While Windows opened the socket, the program may have made the server listen, or closed it. A close ends this
    // call, as it ends Node's own listen() during a name lookup.
    checkUnchanged(server, id);
    const handle = createHandle('tcp');
    try {
      open(handle);
    } catch (error) {
      handle.close();
      throw error;
    }
    await listenOn(server, handle, signal, () => {
      listenOnHandle(server, handle, { port, host, ipv6Only, backlog });
    });
  });
  return { address: bound.address, family: `IPv${bound.family}`, port: bound.port };
}

async function openFor(
  binding: NativeBinding,
  reservation: ReservationToken,
  { port, host, ipv6Only }: CheckedListenOptions,
): Promise<BoundSocket> {
  if (host === undefined) return openWildcardSocket(binding, reservation, port, ipv6Only);
  return openBoundSocket(binding, reservation, { ...(await resolveFirst(host)), port, ipv6Only });
}

/**
 * Makes a server listen on a platform without reservations.
 *
 * @param id - The `listeningId` of the server at the time of the call.
 */
export function listenOrdinarily(
  server: Server,
  reservation: ReservationToken,
  { port, host, ipv6Only, backlog, signal }: CheckedListenOptions,
  id: unknown,
): Promise<AddressInfo> {
  return onFirstFreePort(port, reservation, (candidate) => {
    // The program may have made the server listen since it called listen(), or closed it.
    signal?.throwIfAborted();
    checkUnchanged(server, id);
    const start = (): void => {
      server.listen({ port: candidate, host, ipv6Only, backlog });
      id = listeningId(server);
    };
    return untilListening(server, signal, start, {
      async listening() {
        const handle = handleOf(server);
        const address = server.address() as AddressInfo;
        closeOnAbort(server, signal);
        await afterTick();
        if (!server.listening || handleOf(server) !== handle) throw serverClosed();
        return address;
      },
      // The 'close' event of an earlier listen() may come late, and must not end this one.
      closed: () => (listeningId(server) === id ? undefined : serverClosed()),
    });
  });
}

/**
 * Settles when a server has emitted that it listens on a handle, or that it cannot. At that time no listener of this
 * package is on the server, so that errors thrown or emitted by the caller's listeners go where they would without this
 * package.
 *
 * @param signal - Aborting it closes the server, from now on.
 * @param start - Makes the server listen on the handle.
 */
async function listenOn(
  server: Server,
  handle: NodeHandle,
  signal: AbortSignal | undefined,
  start: () => void,
): Promise<void> {
  try {
    start();
  } catch (error) {
    if (handleOf(server) === handle) server.close();
    else handle.close();
    throw error;
  }
  if (handleOf(server) === handle) {
    closeOnAbort(server, signal);
    // Node emits 'listening' in the next tick.
    await afterTick();
    if (handleOf(server) === handle) return;
    throw serverClosed();
  }
  // The server could not listen, for which Node emits an error in the next tick, or it is closed.
  await new Promise((_, reject) => {
    server.once('error', reject);
    setImmediate(() => {
      server.removeListener('error', reject);
      reject(serverClosed());
    });
  });
}

/** Checks that the program has not made the server listen, or closed it, since its `listeningId` was `id`. */
function checkUnchanged(server: Server, id: unknown): void {
  checkNotListening(server);
  if (listeningId(server) !== id) throw serverClosed();
}

function afterTick(): Promise<void> {
  return new Promise((resolve) => {
    process.nextTick(resolve);
  });
}

function serverClosed(): Error {
  return packageError('ERR_SERVER_CLOSED', 'Call listen() again.');
}
