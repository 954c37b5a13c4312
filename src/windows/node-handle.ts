// SPDX-License-Identifier: MIT
import type { Socket as DatagramSocket } from 'node:dgram';
import type { Server, Socket } from 'node:net';
import { builtin } from '../common/builtin.js';
import { packageError } from '../common/errors.js';
import type { NativeSocket, NodeHandle } from './native-binding.js';
import type { Protocol } from '../common/ports.js';
import { property, stateOf } from './node-state.js';

// Only this file and node-state.ts touch Node's internals: the handle objects under net and dgram, which can take over a socket that was
// opened elsewhere (`handle.open`, that is uv_tcp_open and uv_udp_open). No public API of Node can: on Windows
// `server.listen({fd})` takes the number for a pipe, and dgram refuses it (ERR_INVALID_FD_TYPE).
//
// Seen working: Node 20.20, 22.23, 24.21 and 26.10 on Linux; Windows Node 20.20 and 22.23 under Wine.
//
// process.binding('tcp_wrap') gives the same classes, but it is deprecated and the permission model forbids it.
// net.BoundSocket (from Node 24) is public, but it binds its own socket and cannot carry ours.

interface DatagramHandle extends NodeHandle {
  lookup(host: string, callback: (error: Error | null, address: string) => void): void;
}

type HandleClass = new (type?: number) => NodeHandle;

let tcpClass: HandleClass | undefined;
let udpClass: HandleClass | undefined;

/** Makes a handle without a socket, of the class that Node itself uses; for TCP, the class of a server. */
export function createHandle(protocol: Protocol): NodeHandle {
  if (protocol === 'udp') return new (udpClass ??= findUdpClass())();
  // SERVER of tcp_wrap: it only names the handle in async_hooks and process.getActiveResourcesInfo().
  return new (tcpClass ??= findTcpClass())(1);
}

/**
 * Moves a bound socket from its owner into a handle of Node. From then on the handle's user closes the socket: for an
 * object of net or dgram by its own `close` or `destroy`, because it must not go on with a closed handle. If anything
 * fails before the move, this function closes the socket.
 *
 * @param onClose - Runs when Node closes the handle.
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

/** Calls back when Node has closed a handle, with or without a reset. */
export function whenClosed(handle: NodeHandle, callback: () => void): void {
  // Bound functions would take a hundred bytes more for each socket.
  const close = property(handle, 'close') as NodeHandle['close'];
  const reset = property(handle, 'reset') as NodeHandle['reset'];
  handle.close = (done) => {
    close.call(handle, done);
    callback();
  };
  if (!reset) return;
  handle.reset = (done) => {
    const status = reset.call(handle, done);
    callback();
    return status;
  };
}

/** Gives the current handle of a server or a client socket. Bun's counterpart cannot be closed, so it does not count. */
export function handleOf(object: Server | Socket): NodeHandle | undefined {
  const handle = property(object, '_handle') as Partial<NodeHandle> | null | undefined;
  return typeof handle?.close === 'function' ? (handle as NodeHandle) : undefined;
}

/** Makes a server listen on a handle that is already bound, in a cluster worker too. */
export function listenOnHandle(
  server: Server,
  handle: NodeHandle,
  options: { port: number; host: string | undefined; ipv6Only: boolean; backlog: number },
): void {
  // Node uses only the handle. The other options are for subscribers of `tracing:net.server.listen`.
  server.listen({ ...options, handle }, options.backlog as never);
}

/** Gives the handle of a socket, which exists from its creation until it is closed, bound or not. */
export function datagramHandleOf(socket: DatagramSocket): NodeHandle {
  const state = stateOf(socket);
  const handle = state && (property(state, 'handle') as NodeHandle | null);
  if (typeof handle?.open !== 'function') throw unsuitable('dgram');
  return handle;
}

/** Looks up a host as the socket itself does: in its family, with the `lookup` that it was created with. */
export function lookUpFor(socket: DatagramSocket, host: string): Promise<string> {
  const handle = datagramHandleOf(socket) as DatagramHandle;
  return new Promise((resolve, reject) => {
    handle.lookup(host, (error, address) => {
      if (error) reject(error);
      else resolve(address);
    });
  });
}

/** Makes a socket receive on its own handle, which is already bound. The socket emits 'listening' within the call. */
export function receiveOnHandle(socket: DatagramSocket, handle: NodeHandle): void {
  const close = property(handle, 'close') as NodeHandle['close'];
  // `bind` replaces the socket's handle with the given one and closes the old one; here both are the same.
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
    throw packageError(
      'ERR_ADOPTION_FAILED',
      'The socket is closed, or another call on it is still running: await that call, or create another socket.',
    );
  }
  // Node casts the number to 32 bits. Windows never gives a kernel handle more, but opening a wrong socket would be worse.
  if (typeof lent === 'number' && (lent < 0 || lent > 0x7fff_ffff)) {
    throw packageError(
      'ERR_ADOPTION_FAILED',
      `Socket number ${lent} is too large for Node's handles. Restart this process.`,
    );
  }
  const status = typeof lent === 'number' ? handle.open(lent) : lent(handle);
  if (status !== 0) {
    throw packageError(
      'ERR_ADOPTION_FAILED',
      `handle.open returned ${status}, on Node ${process.version}. Try again with a new socket or server; if that fails too, use another version of Node.`,
    );
  }
}

function findTcpClass(): HandleClass {
  const { Socket } = builtin.net;
  const socket = new Socket();
  unpublished('net.client.socket', () => {
    // connect() makes the handle at once and then waits for a lookup that never answers: nothing leaves the machine.
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

/** Makes a socket without telling the subscribers of Node's channel, because the socket is not the program's own. */
function unpublished<Result>(channelName: string, make: () => Result): Result {
  const channel = builtin.diagnosticsChannel.channel(channelName);
  // Node reads this property before it publishes.
  Object.defineProperty(channel, 'hasSubscribers', { value: false, configurable: true });
  try {
    return make();
  } finally {
    Reflect.deleteProperty(channel, 'hasSubscribers');
  }
}

function classOf(handle: NodeHandle): HandleClass {
  return handle.constructor as HandleClass;
}

function unsuitable(module: string): Error {
  return packageError(
    'ERR_ADOPTION_FAILED',
    `The handles of ${module} sockets in Node ${process.version} cannot take over a socket; ` +
      'use a version that win-port-reservation lists as supported.',
  );
}
