// SPDX-License-Identifier: MIT
import type { Socket as DatagramSocket } from 'node:dgram';
import type { Server, Socket } from 'node:net';
import { builtin } from '../common/builtin.js';
import { packageError } from '../common/errors.js';
import type { NativeSocket, NodeHandle } from './native-binding.js';
import type { Protocol } from '../common/ports.js';

// The one file that touches Node's internals: the handle objects under net and dgram, which can take a socket
// that was opened elsewhere (`handle.open`, that is uv_tcp_open and uv_udp_open). No public API of Node does: on Windows
// `server.listen({fd})` takes the number for a pipe, and dgram refuses it (ERR_INVALID_FD_TYPE).
//
// Seen working: Node 20.20, 22.23, 24.21 and 26.10 on Linux; Windows Node 20.20 and 22.23 under Wine.
//
// process.binding('tcp_wrap') would give the same classes, but it is deprecated and the permission model forbids it.
// net.BoundSocket (from Node 24) is public, but it binds a socket of its own and cannot carry ours.

interface DatagramHandle extends NodeHandle {
  lookup(host: string, callback: (error: Error | null, address: string) => void): void;
}

type HandleClass = new (type?: number) => NodeHandle;

let tcpClass: HandleClass | undefined;
let udpClass: HandleClass | undefined;

/** Makes a handle without a socket, of the class that Node itself uses: for TCP, that of a server. */
export function createHandle(protocol: Protocol): NodeHandle {
  if (protocol === 'udp') return new (udpClass ??= findUdpClass())();
  // SERVER of tcp_wrap: it only names the handle in async_hooks and process.getActiveResourcesInfo().
  return new (tcpClass ??= findTcpClass())(1);
}

/**
 * Moves a bound socket from its owner into a handle of Node. Whoever has the handle closes the socket from then on, and
 * with a socket of net or dgram that is `close` or `destroy` of this object: it would use a handle that is closed beneath
 * it. When anything fails before, the socket is closed here.
 *
 * @param onClose - Called when Node closes the handle.
 * @param take - Finds or makes the handle, and calls `open` with it.
 */
export async function handOver<Result>(
  socket: NativeSocket,
  onClose: () => void,
  take: (open: (handle: NodeHandle) => void) => Result | Promise<Result>,
): Promise<Result> {
  try {
    return await take((handle) => {
      open(socket, handle);
      socket.disown();
      whenClosed(handle, onClose);
    });
  } catch (error) {
    // Does nothing once a handle has the socket.
    await socket.close();
    throw error;
  }
}

/** Calls back when Node has closed a handle, be it with a reset. */
export function whenClosed(handle: NodeHandle, callback: () => void): void {
  const close = handle.close.bind(handle);
  const reset = handle.reset?.bind(handle);
  handle.close = (done) => {
    close(done);
    callback();
  };
  if (!reset) return;
  handle.reset = (done) => {
    const status = reset(done);
    callback();
    return status;
  };
}

/** The handle that a server or a client socket has now. What Bun has in its place cannot be closed. */
export function handleOf(object: Server | Socket): NodeHandle | undefined {
  const handle = property(object, '_handle') as Partial<NodeHandle> | null | undefined;
  return typeof handle?.close === 'function' ? (handle as NodeHandle) : undefined;
}

/** A number that every `listen` and every `close` of a server changes. */
export function listeningId(server: Server): unknown {
  return property(server, '_listeningId');
}

/** Makes a server listen on a handle that is bound already, in a cluster worker too. */
export function listenOnHandle(
  server: Server,
  handle: NodeHandle,
  options: { port: number; host: string | undefined; ipv6Only: boolean; backlog: number },
): void {
  // Node only looks at the handle. The rest is for subscribers of `tracing:net.server.listen`.
  server.listen({ ...options, handle }, options.backlog as never);
}

/** Whether a udp6 socket was created with `ipv6Only`. */
export function isIpv6Only(socket: DatagramSocket): boolean {
  const state = stateOf(socket);
  return state !== undefined && property(state, 'ipv6Only') === true;
}

/** Whether a socket is about to be bound: Node looks an address up. */
export function isBeingBound(socket: DatagramSocket): boolean {
  const state = stateOf(socket);
  // BIND_STATE_BINDING of lib/dgram.js.
  return state !== undefined && property(state, 'bindState') === 1;
}

/** The buffer sizes that a socket was created with. Node sets them once it is bound. */
export function bufferSizesOf(socket: DatagramSocket): { receive?: number; send?: number } {
  const state = stateOf(socket);
  if (!state) return {};
  const [receive, send] = ['recvBufferSize', 'sendBufferSize'].map((name) => property(state, name));
  return { ...(typeof receive === 'number' && { receive }), ...(typeof send === 'number' && { send }) };
}

/** The handle that a socket has from its beginning until it is closed, bound or not. */
export function datagramHandleOf(socket: DatagramSocket): NodeHandle {
  const state = stateOf(socket);
  const handle = state && (property(state, 'handle') as NodeHandle | null);
  if (typeof handle?.open !== 'function') throw unsuitable('dgram');
  return handle;
}

/** Looks a host up as the socket itself does: in its family, with the `lookup` that it was created with. */
export function lookUpFor(socket: DatagramSocket, host: string): Promise<string> {
  const handle = datagramHandleOf(socket) as DatagramHandle;
  return new Promise((resolve, reject) => {
    handle.lookup(host, (error, address) => {
      if (error) reject(error);
      else resolve(address);
    });
  });
}

/** Makes a socket receive on its own handle, which is bound already. Emits 'listening' within the call. */
export function receiveOnHandle(socket: DatagramSocket, handle: NodeHandle): void {
  const close = property(handle, 'close') as NodeHandle['close'];
  // `bind` takes a handle in the place of the one that the socket has, and closes that: here they are the same.
  handle.close = () => {
    handle.close = close;
  };
  try {
    socket.bind(handle as never);
  } finally {
    handle.close = close;
  }
}

function open(socket: NativeSocket, handle: NodeHandle): void {
  const lent = socket.lend();
  if (lent === -1) {
    throw packageError('ERR_ADOPTION_FAILED', 'The socket is closed, or another call on it has not ended yet.');
  }
  // Node casts the number to 32 bits. Windows never gives a kernel handle more, but a wrong socket would be worse.
  if (typeof lent === 'number' && (lent < 0 || lent > 0x7fff_ffff)) {
    throw packageError('ERR_ADOPTION_FAILED', `The socket ${lent} does not fit the number that Node's handles take.`);
  }
  const status = typeof lent === 'number' ? handle.open(lent) : lent(handle);
  if (status !== 0) {
    throw packageError('ERR_ADOPTION_FAILED', `handle.open returned ${status}, on Node ${process.version}.`);
  }
}

function findTcpClass(): HandleClass {
  const { Socket } = builtin.net;
  const socket = new Socket();
  unpublished('net.client.socket', () => {
    // connect() makes the handle at once and then waits for the name, which never comes: nothing leaves the machine.
    socket.connect({ host: 'unused.invalid', port: 1, lookup: () => undefined });
  });
  const handle = handleOf(socket);
  if (typeof handle?.open !== 'function') throw unsuitable('net');
  socket.destroy();
  return classOf(handle);
}

function findUdpClass(): HandleClass {
  const { createSocket } = builtin.dgram;
  const socket = unpublished('udp.socket', () => createSocket('udp4'));
  const found = classOf(datagramHandleOf(socket));
  socket.close();
  return found;
}

/** Makes a socket that the subscribers of a channel of Node do not hear of: it is not one of the program. */
function unpublished<Result>(channelName: string, make: () => Result): Result {
  const channel = builtin.diagnosticsChannel.channel(channelName);
  // Node asks for it before it publishes.
  Object.defineProperty(channel, 'hasSubscribers', { value: false, configurable: true });
  try {
    return make();
  } finally {
    Reflect.deleteProperty(channel, 'hasSubscribers');
  }
}

/** What dgram keeps of a socket, behind a symbol of its own. */
function stateOf(socket: DatagramSocket): object | undefined {
  const states = Object.getOwnPropertySymbols(socket).map((symbol) => property(socket, symbol));
  return states.find((value): value is object => typeof value === 'object' && value !== null && 'bindState' in value);
}

function property(object: object, key: PropertyKey): unknown {
  return Reflect.get(object, key);
}

function classOf(handle: NodeHandle): HandleClass {
  return handle.constructor as HandleClass;
}

function unsuitable(module: string): Error {
  return packageError(
    'ERR_ADOPTION_FAILED',
    `Node ${process.version} has no handle behind ${module} sockets that could take one; ` +
      'use a version that win-port-reservation lists as supported.',
  );
}
