// SPDX-License-Identifier: MIT

/** The numbers below HKEY_LOCAL_MACHINE. Keys and names have no case. */
export class SimulatedRegistry {
  readonly #numbers = new Map<string, number>();

  /** Reads a number; undefined where the key or the value does not exist. */
  read(key: string, valueName: string): number | undefined {
    return this.#numbers.get(fullName(key, valueName));
  }

  /**
   * Writes a number.
   *
   * @param value - A REG_DWORD; undefined deletes it.
   * @throws RangeError for a number that is no REG_DWORD.
   */
  write(key: string, valueName: string, value: number | undefined): void {
    if (value === undefined) this.#numbers.delete(fullName(key, valueName));
    else if (Number.isInteger(value) && value >= 0 && value < 2 ** 32) {
      this.#numbers.set(fullName(key, valueName), value);
    } else throw new RangeError(`${value} is no REG_DWORD`);
  }

  /** @internal */
  save(): Record<string, number> {
    return Object.fromEntries(this.#numbers);
  }

  /** @internal */
  restore(saved: Readonly<Record<string, number>>): void {
    this.#numbers.clear();
    for (const [name, value] of Object.entries(saved)) this.#numbers.set(name, value);
  }
}

function fullName(key: string, valueName: string): string {
  return `${key}\\${valueName}`.toLowerCase();
}
