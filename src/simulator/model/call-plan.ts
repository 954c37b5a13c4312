// SPDX-License-Identifier: MIT

/** Holds the error numbers or the delays that a test planned for the next calls, by the name of the call. */
export class CallPlan {
  readonly #values = new Map<string, number[]>();

  /** Plans `value` for the next `times` calls that have no value yet. */
  add(call: string, value: number, times: number): void {
    for (const number of [value, times]) {
      if (!Number.isInteger(number) || number < 1) throw new RangeError(`${call}: ${number} is not 1 or above`);
    }
    const values = this.#values.get(call) ?? [];
    this.#values.set(call, values.concat(Array.from({ length: times }, () => value)));
  }

  /** Takes the value of the next call. */
  take(call: string): number | undefined {
    return this.#values.get(call)?.shift();
  }

  save(): Record<string, number[]> {
    return Object.fromEntries([...this.#values].map(([call, values]) => [call, [...values]]));
  }

  restore(saved: Readonly<Record<string, readonly number[]>>): void {
    for (const [call, values] of Object.entries(saved)) this.#values.set(call, [...values]);
  }
}
