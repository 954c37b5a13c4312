// SPDX-License-Identifier: MIT
import type { Protocol } from '../../common/ports.js';
import { ChangedKeys } from './changed-keys.js';
import type { BoundTo, SocketRecord } from './records.js';
import { SocketGroups } from './socket-groups.js';

/** A record that only the table changes, so that its groups always match the records. */
type OwnRecord = { -readonly [Key in keyof SocketRecord]: SocketRecord[Key] };

type NewSocket = Pick<SocketRecord, 'id' | 'processId' | 'protocol' | 'family' | 'thread'>;

/** Finds the open sockets of a machine by id, process, thread, port or token, without looking at other sockets. */
export class SocketTable {
  /** The ids of the sockets that were opened, changed or closed. */
  readonly changed = new ChangedKeys<number>();
  readonly #byId = new Map<number, SocketRecord>();
  readonly #byProcess = new SocketGroups<number>();
  readonly #byThread = new SocketGroups<string>();
  /** The bound sockets, as in the two groups below. */
  readonly #byProtocol = new SocketGroups<Protocol>();
  readonly #byPort = { tcp: new SocketGroups<number>(), udp: new SocketGroups<number>() };
  readonly #byToken = new SocketGroups<bigint>();

  /** Opens a socket, whose id must never have belonged to another socket. */
  open({ id, processId, protocol, family, thread }: NewSocket): SocketRecord {
    const owned = new Set<bigint>();
    const socket = { id, processId, protocol, family, thread, owned, associated: undefined, bound: undefined };
    this.#byId.set(id, socket);
    this.changed.add(id);
    this.#byProcess.add(processId, socket);
    this.#byThread.add(threadKey(processId, thread), socket);
    return socket;
  }

  /** Closes a socket; returns false if it was already closed. */
  close(socket: SocketRecord): boolean {
    if (!this.#byId.delete(socket.id)) return false;
    this.changed.add(socket.id);
    this.#byProcess.delete(socket.processId, socket);
    this.#byThread.delete(threadKey(socket.processId, socket.thread), socket);
    this.#groupBound('delete', socket);
    return true;
  }

  bind(socket: SocketRecord, bound: BoundTo): void {
    this.#change(socket, bound, socket.associated);
  }

  associate(socket: SocketRecord, token: bigint): void {
    this.#change(socket, socket.bound, token);
  }

  get(id: number): SocketRecord | undefined {
    return this.#byId.get(id);
  }

  /** Lists the sockets in the order in which they were opened. */
  list(): SocketRecord[] {
    return [...this.#byId.values()];
  }

  ofProcess(processId: number): Iterable<SocketRecord> {
    return this.#byProcess.of(processId);
  }

  ofThread(processId: number, thread: number): Iterable<SocketRecord> {
    return this.#byThread.of(threadKey(processId, thread));
  }

  /** Iterates over the bound sockets of the protocol, or over those at one port. */
  bound(protocol: Protocol, port?: number): Iterable<SocketRecord> {
    return port === undefined ? this.#byProtocol.of(protocol) : this.#byPort[protocol].of(port);
  }

  /** Iterates over the bound sockets that are associated with the token. */
  boundBy(token: bigint): Iterable<SocketRecord> {
    return this.#byToken.of(token);
  }

  /** Tells whether a bound socket is associated with the token. */
  isBoundBy(token: bigint): boolean {
    return this.boundBy(token)[Symbol.iterator]().next().done === false;
  }

  #change(socket: OwnRecord, bound: BoundTo | undefined, associated: bigint | undefined): void {
    this.changed.add(socket.id);
    this.#groupBound('delete', socket);
    socket.bound = bound;
    socket.associated = associated;
    this.#groupBound('add', socket);
  }

  #groupBound(action: 'add' | 'delete', socket: SocketRecord): void {
    const { protocol, bound, associated } = socket;
    if (bound === undefined) return;
    this.#byProtocol[action](protocol, socket);
    this.#byPort[protocol][action](bound.port, socket);
    if (associated !== undefined) this.#byToken[action](associated, socket);
  }
}

function threadKey(processId: number, thread: number): string {
  return `${processId} ${thread}`;
}
