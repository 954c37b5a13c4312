// SPDX-License-Identifier: MIT
import type { AddressInfo, Server } from 'node:net';
import { getBinding } from '../../windows/binding.js';
import {
  openBoundSocket,
  openUnlessAborted,
  openWildcardSocket,
  resolveHost,
  type BoundSocket,
} from '../bound-socket.js';
import { packageError } from '../../common/errors.js';
import { onFirstFreePort } from './first-free-port.js';
import type { NodeHandle } from '../../windows/native-binding.js';
import { createHandle, handleOf, handOver, listeningId, listenOnHandle } from '../../windows/node-handle.js';
import { checkTakesSockets } from '../../windows/other-runtime.js';
import type { Hold, ReservationToken } from '../reservation-token.js';
import { checkNotListening, closeOnAbort, type CheckedListenOptions } from '../socket-arguments.js';
import { untilListening } from './until-listening.js';

/**
 * Makes a server listen inside a reservation.
 *
 * @param id - The `listeningId` of the server when it was asked to.
 * @param hold - Let go when the socket is closed.
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
  const bound = await openUnlessAborted(signal, hold, () => openFor(reservation, options));
  await handOver(bound.native, hold.letGo, async (open) => {
    signal?.throwIfAborted();
    // While the socket was being opened, the server may have begun to listen, or been closed, which ends this as it ends
    // a listen of Node that looks a name up.
    checkNotListening(server);
    if (listeningId(server) !== id) throw serverClosed();
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
  reservation: ReservationToken,
  { port, host, ipv6Only }: CheckedListenOptions,
): Promise<BoundSocket> {
  const binding = getBinding();
  if (host === undefined) return openWildcardSocket(binding, reservation, port, ipv6Only);
  const [first] = await resolveHost(host);
  if (!first) throw new Error(`dns.lookup found no address of ${host} and did not say so.`);
  return openBoundSocket(binding, reservation, { ...first, port, ipv6Only });
}

/** Makes a server listen where there are no reservations. */
export function listenOrdinarily(
  server: Server,
  reservation: ReservationToken,
  { port, host, ipv6Only, backlog, signal }: CheckedListenOptions,
): Promise<AddressInfo> {
  return onFirstFreePort(port, reservation, (candidate) => {
    // It may have begun to listen since it was asked to, as with a reservation.
    signal?.throwIfAborted();
    checkNotListening(server);
    let id: unknown;
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
      // An earlier life of the server may end late.
      closed: () => (listeningId(server) === id ? undefined : serverClosed()),
    });
  });
}

/**
 * Settles when a server has said that it listens on a handle, or cannot. No listener of ours is on the server then, as
 * none of Node is: what a listener of the caller throws or emits goes where it would without us.
 *
 * @param signal - Closes the server when it aborts, from now on.
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
  // It could not listen, which Node says in the next tick, or it is closed.
  await new Promise((_, reject) => {
    server.once('error', reject);
    setImmediate(() => {
      server.removeListener('error', reject);
      reject(serverClosed());
    });
  });
}

function afterTick(): Promise<void> {
  return new Promise((resolve) => {
    process.nextTick(resolve);
  });
}

function serverClosed(): Error {
  return packageError('ERR_SERVER_CLOSED', 'Call listen again to have it listen.');
}
