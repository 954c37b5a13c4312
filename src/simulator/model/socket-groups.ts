// SPDX-License-Identifier: MIT
import type { SocketRecord } from './records.js';

/** Sockets by something that several of them may have in common. Every method takes the same few steps for any number. */
export class SocketGroups<Key> {
  /**
   * A group that has become empty stays until most of them are: a key that is deleted and added over and over leaves a
   * hole in a Map each time, and to find it again V8 looks at all of them.
   */
  #groups = new Map<Key, Set<SocketRecord>>();
  #emptyGroups = 0;

  add(key: Key, socket: SocketRecord): void {
    const group = this.#groups.get(key);
    if (group === undefined) {
      this.#groups.set(key, new Set([socket]));
    } else {
      if (group.size === 0) this.#emptyGroups--;
      group.add(socket);
    }
  }

  /** The socket must be in the group. */
  delete(key: Key, socket: SocketRecord): void {
    const group = this.#groups.get(key);
    if (group?.delete(socket) !== true)
      throw new RangeError(`the socket ${socket.id} is not in the group ${String(key)}`);
    if (group.size > 0) return;
    this.#emptyGroups++;
    if (2 * this.#emptyGroups <= this.#groups.size) return;
    // As many groups have become empty as are looked at here, so that each pays for a few steps.
    this.#groups = new Map([...this.#groups].filter(([, { size }]) => size > 0));
    this.#emptyGroups = 0;
  }

  /** The sockets of one group, which may leave it meanwhile. */
  of(key: Key): Iterable<SocketRecord> {
    return this.#groups.get(key) ?? [];
  }
}
