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
} from '../sockets/bound-socket.js';
import { errorCodes } from '../common/error-codes.js';
import { errorFromFailure, isTaken } from '../common/errors.js';
import { inBothFamilies } from '../windows/every-address.js';
import type { NativeBinding } from '../windows/native-binding.js';
import type { Protocol } from '../common/ports.js';
import { holdReservation } from '../sockets/reservation-token.js';
import { wildcard } from '../windows/winsock.js';

/** Binds a socket to a port and closes it; tells whether the bind worked. */
export type PortProbe = (reservation: BindInside, port: number) => Promise<boolean>;

/** @param host - Default all addresses, of both families if the machine has both. */
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
    const hold = holdReservation(reservation);
    try {
      const { native } = await openUnlessAborted(signal, hold, open);
      const closed = await native.close();
      if (closed) throw errorFromFailure(binding, closed, { protocol: reservation.protocol, startPort: port });
      return true;
    } catch (error) {
      if (isTaken(error)) return false;
      throw error;
    } finally {
      hold.letGo();
    }
  };
}

/** Makes a probe from sockets of Node, for platforms without the addon. */
export function createPortableProbe(host: HostAddress | undefined, signal: AbortSignal | undefined): PortProbe {
  return async ({ protocol }, port) => {
    const attempt = (address: HostAddress): Promise<Attempt> => tryToBind(protocol, address, port, signal);
    const { error } = host
      ? await attempt(host)
      : await inBothFamilies((family) => attempt({ address: wildcard[family], family }));
    if (error !== undefined && !isTaken(error)) throw error;
    return error === undefined;
  };
}

interface Attempt {
  /**
   * 0 if the bind worked. Only the host's error for a port in use is given the number of Windows; other errors are -1.
   */
  readonly errorNumber: number;
  readonly error?: Error;
}

async function tryToBind(
  protocol: Protocol,
  { address, family }: HostAddress,
  port: number,
  signal: AbortSignal | undefined,
): Promise<Attempt> {
  const socket = protocol === 'tcp' ? createServer() : createSocket(`udp${family}`);
  try {
    await unlessAborted(signal, () => {
      const listening = once(socket, 'listening');
      // In a cluster worker, a socket that is not exclusive would belong to the primary.
      if ('listen' in socket) socket.listen({ port, host: address, exclusive: true });
      else socket.bind({ port, address, exclusive: true });
      return listening;
    });
    return { errorNumber: 0 };
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof Error)) throw error;
    const isInUse = 'code' in error && error.code === 'EADDRINUSE';
    return { errorNumber: isInUse ? errorCodes.WSAEADDRINUSE.errorNumber : -1, error };
  } finally {
    socket.close();
  }
}
