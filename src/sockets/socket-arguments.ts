// SPDX-License-Identifier: MIT
import type { Socket } from 'node:dgram';
import type { Server, TcpNetConnectOpts } from 'node:net';
import { checkBoolean, checkHost, checkPort, checkSignal } from '../common/arguments.js';
import { packageError } from '../common/errors.js';
import { bufferSizesOf, isBeingBound } from '../windows/node-state.js';
import type { ReservationToken } from './reservation-token.js';

/** The options that `listen` and `bind` share. */
export interface SocketOptions {
  /** A port of the reservation, 1 to 65535; 0, the default, takes a free port of the reservation. */
  readonly port?: number | undefined;
  /** An address of this machine or a name; default all addresses, as in Node. */
  readonly host?: string | undefined;
  /** Aborting closes the server or socket, before or after it is bound, as in Node. */
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
 * Options of Node's `net.connect` for TCP. `localPort` is a port of the reservation, 1 to 65535; 0, the default, takes
 * a free port of the reservation.
 */
export type ConnectOptions = Omit<
  TcpNetConnectOpts,
  'lookup' | 'hints' | 'autoSelectFamily' | 'autoSelectFamilyAttemptTimeout'
>;

/** The checked options with their defaults, and the caller's other options for Node's sockets. */
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

export function checkNotListening(server: Server): void {
  if (!server.listening) return;
  const address = server.address();
  const at = typeof address === 'object' && address !== null ? ` It has port ${address.port}.` : '';
  throw packageError('ERR_SERVER_ALREADY_LISTEN', `Close it first, or use another server.${at}`);
}

/** Refuses a socket that is closed, bound or about to be bound, or that was created with an invalid buffer size. */
export function checkUnbound(socket: Socket): void {
  if (isBeingBound(socket) || hasAddress(socket)) {
    throw packageError('ERR_SOCKET_ALREADY_BOUND', 'Create another socket.', { protocol: 'udp' });
  }
  // Node sets the sizes once the socket is bound, and throws if a size is invalid.
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

/** Throws Node's error for a wrong size, and ignores the one for a socket that is not bound yet. */
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
  return packageError('ERR_SOCKET_CLOSED', 'Create another socket.', { protocol: 'udp', cause });
}

/**
 * Closes the socket when the signal aborts; throws the reason if the signal has aborted already. It stops listening to
 * the signal once the socket is closed.
 */
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

/** Closes a server or a socket that may already be closed; a closed `dgram.Socket` would throw. */
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
