// SPDX-License-Identifier: MIT
import type { Cluster } from 'node:cluster';
import dgram from 'node:dgram';
import net from 'node:net';
import { packageError } from './errors.js';
import type { NativeSocket, NodeHandle } from './native-binding.js';

// The one file that touches Node's internals: the handle objects that net and dgram stand on, which can take a socket
// that was opened elsewhere (`handle.open`, that is uv_tcp_open and uv_udp_open). No public API of Node does: on Windows
// `server.listen({fd})` takes the number for a pipe, and dgram refuses it (ERR_INVALID_FD_TYPE).
//
// Seen working: Node 20.20, 22.23, 24.21 and 26.10 on Linux; Windows Node 20.20 and 22.23 under Wine.
//
// process.binding('tcp_wrap') would give the same classes, but it is deprecated and the permission model forbids it.
// net.BoundSocket (from Node 24) is public, but it binds a socket of its own and cannot carry ours.

export type HandleKind = 'tcp server' | 'tcp client' | 'udp';

type HandleClass = new (type?: number) => NodeHandle;

// SOCKET and SERVER of tcp_wrap: they only name the handle in async_hooks.
const constructorArgument: Record<HandleKind, number | undefined> = {
  'tcp client': 0,
  'tcp server': 1,
  udp: undefined,
};

let tcpClass: HandleClass | undefined;
let udpClass: HandleClass | undefined;

/** A handle without a socket, of the class that Node itself uses. */
export function createHandle(kind: HandleKind): NodeHandle {
  const HandleClass = kind === 'udp' ? (udpClass ??= findUdpClass()) : (tcpClass ??= findTcpClass());
  return new HandleClass(constructorArgument[kind]);
}

/**
 * Moves a bound socket from its owner into a Node handle, for `take` to give it to who is to have it. When anything fails
 * on the way the socket is closed, whoever has it then.
 *
 * @param onClose - Called when Node closes the handle.
 */
export async function handOver<Result>(
  socket: NativeSocket,
  kind: HandleKind,
  onClose: () => void,
  take: (handle: NodeHandle) => Result | Promise<Result>,
): Promise<Result> {
  let handle: NodeHandle | undefined;
  try {
    handle = open(socket, kind);
    socket.disown();
    whenClosed(handle, onClose);
    return await take(handle);
  } catch (error) {
    handle?.close();
    await socket.close();
    throw error;
  }
}

/** Calls back when Node closes a handle, be it with a reset. */
export function whenClosed(handle: NodeHandle, callback: () => void): void {
  const close = handle.close.bind(handle);
  const reset = handle.reset?.bind(handle);
  handle.close = (done) => {
    callback();
    close(done);
  };
  if (!reset) return;
  handle.reset = (done) => {
    callback();
    return reset(done);
  };
}

/** The handle that a server has now. What Bun has in its place cannot be closed. */
export function handleOf(server: net.Server): NodeHandle | undefined {
  const handle = property(server, '_handle') as Partial<NodeHandle> | null | undefined;
  return typeof handle?.close === 'function' ? (handle as NodeHandle) : undefined;
}

/** Whether a udp6 socket was created with `ipv6Only`. */
export function isIpv6Only(socket: dgram.Socket): boolean {
  const state = stateOf(socket);
  return state !== undefined && property(state, 'ipv6Only') === true;
}

function open(socket: NativeSocket, kind: HandleKind): NodeHandle {
  const lent = socket.lend();
  if (typeof lent !== 'number') return lent;
  if (lent === -1) {
    throw packageError('ERR_ADOPTION_FAILED', 'The socket is closed, or another call on it has not ended yet.');
  }
  // Node casts the number to 32 bits. Windows never gives a kernel handle more, but a wrong socket would be worse.
  if (lent < 0 || lent > 0x7fff_ffff) {
    throw packageError('ERR_ADOPTION_FAILED', `The socket ${lent} does not fit the number that Node's handles take.`);
  }
  const handle = createHandle(kind);
  const status = handle.open(lent);
  if (status !== 0) {
    handle.close();
    throw packageError('ERR_ADOPTION_FAILED', `handle.open returned ${status}, on Node ${process.version}.`);
  }
  return handle;
}

/** Makes a server listen on a handle that is bound already. */
export function listenOnHandle(server: net.Server, handle: NodeHandle, backlog: number): void {
  // net loads it itself when a server begins to listen; nobody else should have to.
  const { isWorker } = process.getBuiltinModule('node:cluster') as unknown as Cluster;
  if (!isWorker) {
    server.listen(handle, backlog);
    return;
  }
  // In a cluster worker listen() would have the primary bind a handle of its own. This is what it does elsewhere.
  Object.assign(server, { _handle: handle });
  (server as unknown as InternalServer)._listen2(null, -1, -1, backlog);
}

interface InternalServer {
  _listen2(address: null, port: number, addressType: number, backlog: number): void;
}

function findTcpClass(): HandleClass {
  const socket = new net.Socket();
  // connect() makes the handle at once and then waits for the name, which never comes: nothing leaves the machine.
  socket.connect({ host: 'unused.invalid', port: 1, lookup: () => undefined });
  const found = classOf(property(socket, '_handle'), 'net');
  socket.destroy();
  return found;
}

function findUdpClass(): HandleClass {
  const socket = dgram.createSocket('udp4');
  const state = stateOf(socket);
  const found = classOf(state && property(state, 'handle'), 'dgram');
  socket.close();
  return found;
}

/** What dgram keeps of a socket, behind a symbol of its own. */
function stateOf(socket: dgram.Socket): object | undefined {
  const states = Object.getOwnPropertySymbols(socket).map((symbol) => property(socket, symbol));
  return states.find((value): value is object => typeof value === 'object' && value !== null && 'handle' in value);
}

function property(object: object, key: PropertyKey): unknown {
  return Reflect.get(object, key);
}

function classOf(handle: unknown, module: string): HandleClass {
  if (typeof handle === 'object' && handle !== null && 'open' in handle && typeof handle.open === 'function') {
    return handle.constructor as HandleClass;
  }
  throw packageError(
    'ERR_ADOPTION_FAILED',
    `Node ${process.version} has no handle behind ${module} sockets that could take one; ` +
      'use a version that win-port-reservation lists as supported.',
  );
}
