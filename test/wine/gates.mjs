// SPDX-License-Identifier: MIT

/** Holds calls in Windows, as if they hung, until a test releases them, on a machine of any speed. */
export class Gates {
  /** The number of next calls to hold, by the name of the call. */
  #planned = new Map();
  /** The functions that release the calls that are held now. */
  #held = new Set();

  holdNext(call, count = 1) {
    this.#planned.set(call, (this.#planned.get(call) ?? 0) + count);
  }

  countHeld() {
    return this.#held.size;
  }

  /** Releases all held calls, and holds no more. */
  letGo() {
    this.#planned.clear();
    for (const go of this.#held) go();
    this.#held.clear();
  }

  /** Waits if the call is to be held. */
  async pass(call) {
    const left = this.#planned.get(call) ?? 0;
    if (left === 0) return;
    this.#planned.set(call, left - 1);
    await new Promise((resolve) => void this.#held.add(resolve));
  }
}
