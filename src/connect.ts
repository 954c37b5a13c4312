// SPDX-License-Identifier: MIT
import { once } from 'node:events';
import { isIP, Socket, type SocketConstructorOpts, type TcpNetConnectOpts } from 'node:net';
import { checkBoolean, checkFamily, checkHost, checkObject, checkPort, checkSignal, outOfRange } from './arguments.js';
import { getBinding } from './binding.js';
import { openBoundSocket, openUnlessAborted, resolveHost, unlessAborted, type HostAddress } from './bound-socket.js';
import { onFirstFreePort } from './fallback.js';
import { handOver } from './node-handle.js';
import { checkReservation, holdReservation, type ReservationToken } from './reservation.js';
import { isReserved } from './socket-arguments.js';
import { wildcard } from './winsock.js';

/**
 * Options of Node's `net.connect` for TCP, of which `localPort` is a port of the reservation, 1 to 65535; 0, the default,
 * takes a free one of it.
 */
export type ConnectOptions = Omit<
  TcpNetConnectOpts,
  'lookup' | 'hints' | 'autoSelectFamily' | 'autoSelectFamilyAttemptTimeout'
>;

/**
 * Connects to a server from a port inside a reservation.
 *
 * With a persistent reservation it needs an elevated process, with a runtime reservation it does not. Stands on
 * `WSAIoctl(SIO_ASSOCIATE_PORT_RESERVATION)`, `bind` and `ConnectEx`; `socket.destroy()` closes what was bound.
 *
 * @param reservation - A TCP reservation, or its `{ protocol, token }`.
 * @param options - As for `net.connect`: `port` 1 to 65535 and `host` (default localhost) of the server, `localPort`,
 * `localAddress`, `family`, `noDelay`, `keepAlive`, `keepAliveInitialDelay`, `allowHalfOpen`, `timeout`, `signal`. The
 * addresses of a name are tried one after the other.
 * @returns The socket, connected.
 * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE`: an argument is wrong, or `localPort` outside
 * the block; Windows was not asked.
 * @throws {@link PortReservationError} `ERR_RESERVATION_RELEASED`, `ERR_RESERVATION_DELETED`, `ERR_FOREIGN_TOKEN`.
 * `WSAEACCES`: the reservation is persistent and the process not elevated. `WSAEADDRINUSE`: the local port is in use.
 * `WSAEADDRNOTAVAIL`: `localAddress` is not an address of this machine. `WSAEINVAL`: no such token in this process.
 * `WSAENOBUFS`, `WSAENETDOWN`, `WSAEAFNOSUPPORT`, `WSAEOPNOTSUPP`, `ERR_ADOPTION_FAILED`, `ERR_UNSUPPORTED_PLATFORM`, `ERR_ADDON_NOT_LOADED`.
 * @throws What `net.connect` emits as its error: `ECONNREFUSED`, `ETIMEDOUT`, an AbortError, ...; the error of
 * `dns.lookup` for a name that is not found.
 * @example
 * const socket = await connect(reservation, { host: 'license.example', port: 27000 });
 */
export async function connect(reservation: ReservationToken, options: ConnectOptions): Promise<Socket> {
  const { host, family, localPort } = checkOptions(options);
  checkReservation(reservation, 'tcp', localPort);
  options.signal?.throwIfAborted();

  const letGo = holdReservation(reservation);
  try {
    const { signal } = options;
    const addresses = await unlessAborted(signal, () => resolveHost(host, family));
    const reachable = addresses.filter((address) => isFromFamilyOf(options.localAddress, address));
    if (reachable.length === 0) {
      throw outOfRange('options.localAddress', `of a family in which ${host} has an address`, options.localAddress);
    }
    return await connectToAny(reservation, options, reachable, letGo);
  } catch (error) {
    letGo();
    throw error;
  }
}

/** Whether a socket at the local address can reach the remote one; a local name may have addresses of both families. */
function isFromFamilyOf(localAddress: string | undefined, remote: HostAddress): boolean {
  const local = isIP(localAddress ?? '');
  return local === 0 || local === remote.family;
}

function checkOptions(options: unknown): { host: string; family: 4 | 6 | undefined; localPort: number } {
  checkObject('options', options);
  const { port, host = 'localhost', family, localPort = 0, localAddress, signal } = options;
  checkPort('options.port', port, 1);
  checkHost('options.host', host);
  if (family !== undefined && family !== 0) checkFamily('options.family', family);
  checkPort('options.localPort', localPort, 0);
  if (localAddress !== undefined) checkHost('options.localAddress', localAddress);
  if (signal !== undefined) checkSignal('options.signal', signal);
  for (const name of ['noDelay', 'keepAlive', 'allowHalfOpen'] as const) {
    if (options[name] !== undefined) checkBoolean(`options.${name}`, options[name]);
  }
  return { host, family: family === 4 || family === 6 ? family : undefined, localPort };
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
