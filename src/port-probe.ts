// SPDX-License-Identifier: MIT
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import {
  openBoundSocket,
  openUnlessAborted,
  openWildcardSocket,
  unlessAborted,
  type BindInside,
  type HostAddress,
} from './bound-socket.js';
import { errorFromFailure, isTaken } from './errors.js';
import type { NativeBinding } from './native-binding.js';
import type { Protocol } from './port-block.js';
import { wildcard } from './winsock.js';

/** Binds a socket to a port and closes it: whether the port could be had. */
export type PortProbe = (reservation: BindInside, port: number) => Promise<boolean>;

/** @param host - Default every address, of both families where the machine has both. */
export function createProbe(
  binding: NativeBinding,
  host: HostAddress | undefined,
  signal: AbortSignal | undefined,
): PortProbe {
  return async (reservation, port) => {
    const open = () =>
      host
        ? openBoundSocket(binding, reservation, { ...host, port, ipv6Only: false })
        : openWildcardSocket(binding, reservation, port, false);
    try {
      const { native } = await openUnlessAborted(signal, open);
      const closed = await native.close();
      if (closed) throw errorFromFailure(binding, closed, { protocol: reservation.protocol, startPort: port });
      return true;
    } catch (error) {
      if (isTaken(error)) return false;
      throw error;
    }
  };
}

/** The same with sockets of Node, where there is nothing else. */
export function createPortableProbe(host: HostAddress | undefined, signal: AbortSignal | undefined): PortProbe {
  return async ({ protocol }, port) => {
    if (host) return tryToBind(protocol, host, port, signal);
    try {
      return await tryToBind(protocol, { address: wildcard[6], family: 6 }, port, signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (!isWithoutIpv6(error)) throw error;
      return tryToBind(protocol, { address: wildcard[4], family: 4 }, port, signal);
    }
  };
}

async function tryToBind(
  protocol: Protocol,
  { address, family }: HostAddress,
  port: number,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const socket = protocol === 'tcp' ? createServer() : createSocket(`udp${family}`);
  try {
    await unlessAborted(signal, () => {
      const listening = once(socket, 'listening');
      // In a cluster worker, a socket that is not exclusive would be one of the primary.
      if ('listen' in socket) socket.listen({ port, host: address, exclusive: true });
      else socket.bind({ port, address, exclusive: true });
      return listening;
    });
    return true;
  } catch (error) {
    if (isTaken(error)) return false;
    throw error;
  } finally {
    socket.close();
  }
}

function isWithoutIpv6(error: unknown): boolean {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'EAFNOSUPPORT' || code === 'EADDRNOTAVAIL';
}
