// SPDX-License-Identifier: MIT
import type { AddressInfo, Server } from 'node:net';
import { getBinding } from './binding.js';
import {
  openBoundSocket,
  openUnlessAborted,
  openWildcardSocket,
  resolveHost,
  type BoundSocket,
} from './bound-socket.js';
import { packageError } from './errors.js';
import { onFirstFreePort } from './first-free-port.js';
import type { NodeHandle } from './native-binding.js';
import { handleOf, handOver, listenOnHandle, whenClosed } from './node-handle.js';
import { checkTakesSockets } from './other-runtime.js';
import type { ReservationToken } from './reservation.js';
import { checkNotListening, type CheckedSocketOptions } from './socket-arguments.js';

/** Makes a server listen inside a reservation. `letGo` is called when its socket is closed. */
export async function listenInside(
  server: Server,
  reservation: ReservationToken,
  options: CheckedSocketOptions,
  backlog: number,
  letGo: () => void,
): Promise<AddressInfo> {
  checkTakesSockets();
  const bound = await openUnlessAborted(options.signal, () => openFor(reservation, options));
  await handOver(bound.native, 'tcp server', letGo, async (handle) => {
    // It may have begun to listen while the socket was being opened.
    checkNotListening(server);
    await untilListening(server, options.signal, () => {
      listenOnHandle(server, handle, backlog);
      return handle;
    });
  });
  return { address: bound.address, family: `IPv${bound.family}`, port: bound.port };
}

async function openFor(
  reservation: ReservationToken,
  { port, host, ipv6Only }: CheckedSocketOptions,
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
  { port, host, ipv6Only, signal }: CheckedSocketOptions,
  backlog: number,
): Promise<AddressInfo> {
  return onFirstFreePort(port, reservation, async (candidate) => {
    // It may have begun to listen since it was asked to, as with a reservation.
    signal?.throwIfAborted();
    checkNotListening(server);
    await untilListening(server, signal, () => {
      server.listen({ port: candidate, host, ipv6Only, backlog });
      return handleOf(server);
    });
    return server.address() as AddressInfo;
  });
}

/**
 * Settles with what comes first: the server listens, fails to, or is closed or aborted.
 *
 * @param start - Makes the server listen, and returns its handle if it has one yet.
 */
async function untilListening(
  server: Server,
  signal: AbortSignal | undefined,
  start: () => NodeHandle | undefined,
): Promise<void> {
  const settled = new AbortController();
  try {
    await new Promise<void>((resolve, reject) => {
      const on = (event: string, listener: (error: Error) => void): void => {
        server.once(event, listener);
        settled.signal.addEventListener('abort', () => server.removeListener(event, listener), { once: true });
      };
      on('listening', () => {
        resolve();
      });
      on('error', reject);
      signal?.addEventListener('abort', () => server.close(), { signal: settled.signal });
      const handle = start();
      if (!handle) return;
      // Not the event 'close' of the server, which may be that of an earlier life. An error comes before it.
      const closed = (): void => {
        setImmediate(reject, serverClosed());
      };
      if (handleOf(server) === handle) whenClosed(handle, closed);
      else closed();
    });
    if (!server.listening) throw serverClosed();
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    settled.abort();
  }
}

function serverClosed(): Error {
  return packageError('ERR_SERVER_CLOSED', 'Call listen again to have it listen.');
}
