// SPDX-License-Identifier: MIT

/** Collects the keys of the records that change, once something follows them: a machine in memory collects none. */
export class ChangedKeys<Key> {
  #keys: Set<Key> | undefined;

  /** Collects from now on. */
  follow(): void {
    this.#keys = new Set();
  }

  add(key: Key): void {
    this.#keys?.add(key);
  }

  /** Returns the keys that were added since the last call, each once, in the order in which they came. */
  take(): Key[] {
    const keys = [...(this.#keys ?? [])];
    this.#keys?.clear();
    return keys;
  }
}
