// SPDX-License-Identifier: MIT
import type { Socket } from 'node:dgram';
import type { Server, TcpNetConnectOpts } from 'node:net';
import { checkBoolean, checkHost, checkPort, checkSignal } from '../common/arguments.js';
import { packageError } from '../common/errors.js';
import { bufferSizesOf, isBeingBound } from '../windows/node-handle.js';
import type { ReservationToken } from './reservation-token.js';

/** The options that `listen` and `bind` share. */
export interface SocketOptions {
  /** A port of the reservation, 1 to 65535; 0, the default, takes a free one of it. */
  readonly port?: number | undefined;
  /** An address of this machine or a name; default all addresses, as Node's own. */
  readonly host?: string | undefined;
  /** Aborting closes what listens or is bound, whether it does already or not, as with Node's own. */
  readonly signal?: AbortSignal | undefined;
}

export interface CheckedSocketOptions {
  readonly port: number;
  readonly host: string | undefined;
  readonly ipv6Only: boolean;
  readonly signal: AbortSignal | undefined;
}

export interface CheckedListenOptions extends CheckedSocketOptions {
  readonly backlog: number;
}

/**
 * Options of Node's `net.connect` for TCP, of which `localPort` is a port of the reservation, 1 to 65535; 0, the default,
 * takes a free one of it.
 */
export type ConnectOptions = Omit<
  TcpNetConnectOpts,
  'lookup' | 'hints' | 'autoSelectFamily' | 'autoSelectFamilyAttemptTimeout'
>;

/** The options with their defaults, and what else the caller gave to Node's sockets. */
export interface CheckedConnectOptions extends ConnectOptions {
  readonly host: string;
  readonly family: 4 | 6 | undefined;
  readonly localPort: number;
}

/** Checks the options that `listen` and `bind` share. */
export function checkSocketOptions(given: Record<keyof CheckedSocketOptions, unknown>): CheckedSocketOptions {
  const { port = 0, host, ipv6Only = false, signal } = given;
  checkPort('options.port', port, 0);
  if (host !== undefined) checkHost('options.host', host);
  checkBoolean('options.ipv6Only', ipv6Only);
  if (signal !== undefined) checkSignal('options.signal', signal);
  return { port, host, ipv6Only, signal };
}

export function checkNotListening({ listening }: Server): void {
  if (listening) throw packageError('ERR_SERVER_ALREADY_LISTEN', 'Close it first, or use another server.');
}

/** Refuses a socket that is closed, bound or about to be bound, or that could not keep what it was created with. */
export function checkUnbound(socket: Socket): void {
  if (isBeingBound(socket) || hasAddress(socket)) {
    throw packageError('ERR_SOCKET_ALREADY_BOUND', 'Create another one.', { protocol: 'udp' });
  }
  // Node sets the sizes once the socket is bound, and throws for one that no socket can have.
  const { receive, send } = bufferSizesOf(socket);
  if (receive)
    checkBufferSize(() => {
      socket.setRecvBufferSize(receive);
    });
  if (send)
    checkBufferSize(() => {
      socket.setSendBufferSize(send);
    });
}

function hasAddress(socket: Socket): boolean {
  try {
    socket.address();
    return true;
  } catch (error) {
    if (hasCode(error, 'ERR_SOCKET_DGRAM_NOT_RUNNING')) throw socketClosed(error);
    return false; // EBADF, or EINVAL on Windows: not bound
  }
}

/** Throws what Node throws for a size that is wrong; that the socket is not bound is no reason. */
function checkBufferSize(set: () => void): void {
  try {
    set();
  } catch (error) {
    if (error instanceof Error && 'info' in error && hasCode(error.info, 'EINVAL')) throw error;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}

export function socketClosed(cause?: unknown): Error {
  return packageError('ERR_SOCKET_CLOSED', 'Create another one.', { protocol: 'udp', cause });
}

/** Closes a socket when a signal is aborted, until the socket is closed. Throws the reason if it is by now. */
export function closeOnAbort(socket: Server | Socket, signal: AbortSignal | undefined): void {
  if (!signal) return;
  if (signal.aborted) {
    closeQuietly(socket);
    signal.throwIfAborted();
  }
  const close = (): void => {
    closeQuietly(socket);
  };
  signal.addEventListener('abort', close, { once: true });
  socket.once('close', () => {
    signal.removeEventListener('abort', close);
  });
}

/** Closes a server or a socket, which may be closed already: those of dgram throw then. */
export function closeQuietly(socket: Server | Socket): void {
  try {
    socket.close();
  } catch (error) {
    if (!hasCode(error, 'ERR_SOCKET_DGRAM_NOT_RUNNING')) throw error;
  }
}

export function isReserved({ reserved }: ReservationToken): boolean {
  return reserved !== false;
}
