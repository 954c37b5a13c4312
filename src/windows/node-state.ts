// SPDX-License-Identifier: MIT
import type { Socket as DatagramSocket } from 'node:dgram';
import type { Server } from 'node:net';

// Reads what Node keeps of its servers and sockets, and does not publish. The checks of arguments need it, so it is loaded with the
// package; node-handle.ts is loaded for the first socket.

/** Gives a number that every `listen` and every `close` of a server changes. */
export function listeningId(server: Server): unknown {
  return property(server, '_listeningId');
}

/** Tells whether a udp6 socket was created with `ipv6Only`. */
export function isIpv6Only(socket: DatagramSocket): boolean {
  const state = stateOf(socket);
  return state !== undefined && property(state, 'ipv6Only') === true;
}

/** Tells whether a socket is about to be bound: Node is still looking up the address. */
export function isBeingBound(socket: DatagramSocket): boolean {
  const state = stateOf(socket);
  // BIND_STATE_BINDING of lib/dgram.js.
  return state !== undefined && property(state, 'bindState') === 1;
}

/** Gives the buffer sizes that a socket was created with. Node applies them once the socket is bound. */
export function bufferSizesOf(socket: DatagramSocket): { receive?: number; send?: number } {
  const state = stateOf(socket);
  if (!state) return {};
  const [receive, send] = ['recvBufferSize', 'sendBufferSize'].map((name) => property(state, name));
  return { ...(typeof receive === 'number' && { receive }), ...(typeof send === 'number' && { send }) };
}

/** Gives the state that dgram keeps of a socket, behind a symbol that it does not publish. */
export function stateOf(socket: DatagramSocket): object | undefined {
  const states = Object.getOwnPropertySymbols(socket).map((symbol) => property(socket, symbol));
  return states.find((value): value is object => typeof value === 'object' && value !== null && 'bindState' in value);
}

export function property(object: object, key: PropertyKey): unknown {
  return Reflect.get(object, key);
}
