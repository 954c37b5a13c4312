// SPDX-License-Identifier: MIT
import { once } from 'node:events';
import { isIP, Socket, type SocketConstructorOpts, type TcpNetConnectOpts } from 'node:net';
import { outOfRange } from './arguments.js';
import { getBinding } from './binding.js';
import { openBoundSocket, openUnlessAborted, resolveHost, unlessAborted, type HostAddress } from './bound-socket.js';
import type { ConnectOptions } from './connect.js';
import { onFirstFreePort } from './first-free-port.js';
import { handOver } from './node-handle.js';
import { checkTakesSockets } from './other-runtime.js';
import type { ReservationToken } from './reservation.js';
import { isReserved } from './socket-arguments.js';
import { wildcard } from './winsock.js';

/** Connects from a port of the reservation. `letGo` is called when a socket that was connected is closed. */
export async function connectFrom(
  reservation: ReservationToken,
  options: ConnectOptions & { readonly host: string; readonly family: 4 | 6 | undefined },
  letGo: () => void,
): Promise<Socket> {
  const { host, family, localAddress, signal } = options;
  const addresses = await unlessAborted(signal, () => resolveHost(host, family));
  const reachable = addresses.filter((address) => isFromFamilyOf(localAddress, address));
  if (reachable.length === 0) {
    throw outOfRange('options.localAddress', `of a family in which ${host} has an address`, localAddress);
  }
  return connectToAny(reservation, options, reachable, letGo);
}

/** Whether a socket at the local address can reach the remote one; a local name may have addresses of both families. */
function isFromFamilyOf(localAddress: string | undefined, remote: HostAddress): boolean {
  const local = isIP(localAddress ?? '');
  return local === 0 || local === remote.family;
}

async function connectToAny(
  reservation: ReservationToken,
  options: ConnectOptions,
  addresses: readonly HostAddress[],
  letGo: () => void,
): Promise<Socket> {
  const { localPort = 0 } = options;
  let failure: unknown;
  for (const remote of addresses) {
    try {
      if (isReserved(reservation)) {
        const local = await boundSocket(reservation, options, localPort, remote.family, letGo);
        return await connectTo(local, remote, { ...options, localPort: undefined, localAddress: undefined });
      }
      return await onFirstFreePort(localPort, reservation, (port) =>
        connectTo(new Socket(options), remote, { ...options, localPort: port }),
      );
    } catch (error) {
      options.signal?.throwIfAborted();
      failure = error;
    }
  }
  throw failure;
}

/** Connects a socket, which is bound already where the options have no local port. */
async function connectTo(
  socket: Socket,
  { address, family }: HostAddress,
  options: Omit<ConnectOptions, 'localPort' | 'localAddress'> & {
    localPort: number | undefined;
    localAddress?: string | undefined;
  },
): Promise<Socket> {
  // An abort emits its error when `once` is no longer there to hear it.
  const ignore = (): void => undefined;
  socket.on('error', ignore);
  try {
    const { signal, timeout } = options;
    if (timeout !== undefined) socket.setTimeout(timeout);
    const connected = once(socket, 'connect', signal && { signal });
    socket.connect({ ...options, host: address, family } as TcpNetConnectOpts);
    await connected;
    socket.removeListener('error', ignore);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** A socket of Node that is bound and not connected yet. */
async function boundSocket(
  reservation: ReservationToken,
  options: ConnectOptions,
  localPort: number,
  family: 4 | 6,
  letGo: () => void,
): Promise<Socket> {
  checkTakesSockets();
  const local = options.localAddress ?? wildcard[family];
  const bound = await openUnlessAborted(options.signal, async () => {
    const [address] = await resolveHost(local, family);
    if (address?.family !== family) throw outOfRange('options.localAddress', `an IPv${family} address`, local);
    return openBoundSocket(getBinding(), reservation, { ...address, port: localPort, ipv6Only: false });
  });
  // Not connected yet, and maybe never: the next address gets a socket of its own, and the reservation stays held.
  let connected = false;
  const onClose = (): void => {
    if (connected) letGo();
  };
  return handOver(bound.native, 'tcp client', onClose, (handle) => {
    // manualStart: a socket that is given a handle begins to read at once, and this one has nobody to read from yet.
    const socket = new Socket({ ...options, handle, manualStart: true } as SocketConstructorOpts);
    return socket.once('connect', () => {
      connected = true;
    });
  });
}
