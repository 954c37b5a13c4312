// SPDX-License-Identifier: MIT
import type { Protocol } from '../../common/ports.js';
import type { BoundTo, SocketRecord } from './records.js';
import { SocketGroups } from './socket-groups.js';

/** Only the table changes a record, so that its groups always say what the records say. */
type OwnRecord = { -readonly [Key in keyof SocketRecord]: SocketRecord[Key] };

type NewSocket = Pick<SocketRecord, 'id' | 'processId' | 'protocol' | 'family' | 'thread'>;

/** The open sockets of a machine, found by what they belong to without a look at any other socket. */
export class SocketTable {
  readonly #byId = new Map<number, SocketRecord>();
  readonly #byProcess = new SocketGroups<number>();
  readonly #byThread = new SocketGroups<string>();
  /** Those that are bound, as all below. */
  readonly #byProtocol = new SocketGroups<Protocol>();
  readonly #byPort = { tcp: new SocketGroups<number>(), udp: new SocketGroups<number>() };
  readonly #byToken = new SocketGroups<bigint>();

  /** The id must never have been given to another socket. */
  open({ id, processId, protocol, family, thread }: NewSocket): SocketRecord {
    const owned = new Set<bigint>();
    const socket = { id, processId, protocol, family, thread, owned, associated: undefined, bound: undefined };
    this.#byId.set(id, socket);
    this.#byProcess.add(processId, socket);
    this.#byThread.add(threadKey(processId, thread), socket);
    return socket;
  }

  /** Returns false where the socket is closed already. */
  close(socket: SocketRecord): boolean {
    if (!this.#byId.delete(socket.id)) return false;
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

  /** In the order in which they were opened. */
  list(): SocketRecord[] {
    return [...this.#byId.values()];
  }

  ofProcess(processId: number): Iterable<SocketRecord> {
    return this.#byProcess.of(processId);
  }

  ofThread(processId: number, thread: number): Iterable<SocketRecord> {
    return this.#byThread.of(threadKey(processId, thread));
  }

  /** The bound sockets of the protocol, or those that are bound to one port of it. */
  bound(protocol: Protocol, port?: number): Iterable<SocketRecord> {
    return port === undefined ? this.#byProtocol.of(protocol) : this.#byPort[protocol].of(port);
  }

  /** The bound sockets that were associated with the token. */
  boundBy(token: bigint): Iterable<SocketRecord> {
    return this.#byToken.of(token);
  }

  /** Whether one is. */
  isBoundBy(token: bigint): boolean {
    return this.boundBy(token)[Symbol.iterator]().next().done === false;
  }

  #change(socket: OwnRecord, bound: BoundTo | undefined, associated: bigint | undefined): void {
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
