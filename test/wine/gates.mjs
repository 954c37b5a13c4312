// SPDX-License-Identifier: MIT

/** Holds calls in Windows, as if they hung, until a test lets them go: however slow the machine is, no sooner and no later. */
export class Gates {
  /** How many of the next calls to hold, by the name of the call. */
  #planned = new Map();
  /** What lets each of those go that are held now. */
  #held = new Set();

  holdNext(call, count = 1) {
    this.#planned.set(call, (this.#planned.get(call) ?? 0) + count);
  }

  countHeld() {
    return this.#held.size;
  }

  /** Lets all go that are held, and holds no other. */
  letGo() {
    this.#planned.clear();
    for (const go of this.#held) go();
    this.#held.clear();
  }

  /** Waits where the call is one to hold. */
  async pass(call) {
    const left = this.#planned.get(call) ?? 0;
    if (left === 0) return;
    this.#planned.set(call, left - 1);
    await new Promise((resolve) => void this.#held.add(resolve));
  }
}
