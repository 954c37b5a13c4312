// SPDX-License-Identifier: MIT
import { createConnection, isIP, type Socket, type TcpNetConnectOpts } from 'node:net';
import { outOfRange } from '../../common/arguments.js';
import { getBinding } from '../../windows/binding.js';
import {
  openBoundSocket,
  openUnlessAborted,
  resolveHost,
  sayWhy,
  unlessAborted,
  type HostAddress,
} from '../bound-socket.js';
import { packageError } from '../../common/errors.js';
import { onFirstFreePort } from './first-free-port.js';
import { handleOf, handOver } from '../../windows/node-handle.js';
import { checkTakesSockets } from '../../windows/other-runtime.js';
import type { Hold, ReservationToken } from '../reservation-token.js';
import { isReserved, type CheckedConnectOptions, type ConnectOptions } from '../socket-arguments.js';
import { wildcard } from '../../windows/winsock.js';

/** Connects from a port of the reservation, and lets go of `hold` when the connected socket is closed. */
export async function connectFrom(
  reservation: ReservationToken,
  options: CheckedConnectOptions,
  hold: Hold,
): Promise<Socket> {
  const { host, family, localAddress, signal } = options;
  const addresses = await unlessAborted(signal, () => resolveHost(host, family));
  const reachable = addresses.filter((address) => isFromFamilyOf(localAddress, address));
  if (reachable.length === 0) {
    throw outOfRange('options.localAddress', `of a family in which ${host} has an address`, localAddress);
  }
  return connectToAny(reservation, options, reachable, hold);
}

/**
 * Tells whether a socket at the local address can reach the remote one; a local name may have addresses of both
 * families.
 */
function isFromFamilyOf(localAddress: string | undefined, remote: HostAddress): boolean {
  const local = isIP(localAddress ?? '');
  return local === 0 || local === remote.family;
}

async function connectToAny(
  reservation: ReservationToken,
  options: ConnectOptions,
  addresses: readonly HostAddress[],
  hold: Hold,
): Promise<Socket> {
  let failure: unknown;
  for (const remote of addresses) {
    try {
      if (isReserved(reservation)) return await connectInside(reservation, options, remote, hold);
      return await onFirstFreePort(options.localPort ?? 0, reservation, (localPort) =>
        untilConnected(connectTo(remote, { ...options, localPort })),
      );
    } catch (error) {
      options.signal?.throwIfAborted();
      failure = error;
    }
  }
  throw failure;
}

/** Connects to one address from a port of the reservation. */
async function connectInside(
  reservation: ReservationToken,
  options: ConnectOptions,
  remote: HostAddress,
  hold: Hold,
): Promise<Socket> {
  checkTakesSockets();
  const { family } = remote;
  const local = options.localAddress ?? wildcard[family];
  const bound = await openUnlessAborted(options.signal, hold, async () => {
    const [address] = await resolveHost(local, family);
    if (address?.family !== family) throw outOfRange('options.localAddress', `an IPv${family} address`, local);
    const [binding, port] = [getBinding(), options.localPort ?? 0];
    const opening = openBoundSocket(binding, reservation, { ...address, port, ipv6Only: false });
    return sayWhy(binding, reservation, port, opening);
  });
  // A socket that fails to connect must not let go of the reservation, because the next address gets another socket.
  let connected = false;
  const onClose = (): void => {
    if (connected) hold.letGo();
  };
  return handOver(bound.native, onClose, async (open) => {
    // Node gives the socket its handle at once and connects in the next tick.
    const socket = connectTo(remote, { ...options, localPort: undefined, localAddress: undefined });
    try {
      const handle = handleOf(socket);
      if (!handle)
        throw packageError('ERR_ADOPTION_FAILED', 'The socket has no handle to connect with: call connect() again.');
      open(handle);
    } catch (error) {
      socket.destroy();
      throw error;
    }
    socket.prependOnceListener('connect', () => {
      connected = true;
    });
    return untilConnected(socket);
  });
}

function connectTo(
  { address, family }: HostAddress,
  options: Omit<ConnectOptions, 'localPort' | 'localAddress'> & {
    localPort: number | undefined;
    localAddress?: string | undefined;
  },
): Socket {
  return createConnection({ ...options, host: address, family } as TcpNetConnectOpts);
}

/** Waits until a socket is connected; Node destroys a socket that cannot connect. */
async function untilConnected(socket: Socket): Promise<Socket> {
  await new Promise<void>((resolve, reject) => {
    const close = (): void => {
      reject(packageError('ERR_SOCKET_CLOSED', 'It was destroyed before it was connected: call connect() again.'));
    };
    socket.once('error', reject).once('close', close);
    // Run before the caller's listeners, so that they find none of this package's on the socket.
    socket.prependOnceListener('connect', () => {
      socket.removeListener('error', reject).removeListener('close', close);
      resolve();
    });
  });
  return socket;
}
