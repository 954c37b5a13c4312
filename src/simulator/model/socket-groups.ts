// SPDX-License-Identifier: MIT
import type { SocketRecord } from './records.js';

/**
 * Groups sockets by a key that several of them may share. Every method takes the same few steps for any number of
 * sockets.
 */
export class SocketGroups<Key> {
  /**
   * An empty group stays until most groups are empty: each time a key is deleted and added again it leaves a hole in
   * the Map, and V8 searches all holes to find the key.
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

  /** Deletes the socket from the group, in which it must be. */
  delete(key: Key, socket: SocketRecord): void {
    const group = this.#groups.get(key);
    if (group?.delete(socket) !== true)
      throw new RangeError(`the socket ${socket.id} is not in the group ${String(key)}`);
    if (group.size > 0) return;
    this.#emptyGroups++;
    if (2 * this.#emptyGroups <= this.#groups.size) return;
    // More than half of the groups are empty, so the cost of this pass is a few steps for each.
    this.#groups = new Map([...this.#groups].filter(([, { size }]) => size > 0));
    this.#emptyGroups = 0;
  }

  /** Iterates over the sockets of one group, which may be deleted meanwhile. */
  of(key: Key): Iterable<SocketRecord> {
    return this.#groups.get(key) ?? [];
  }
}
