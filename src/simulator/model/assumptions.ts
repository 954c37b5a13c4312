// SPDX-License-Identifier: MIT
import type { Assumption } from './assumption.js';
import { reservationAssumptions } from './reservation-assumptions.js';
import { socketAssumptions } from './socket-assumptions.js';

/**
 * Every rule of the model that public evidence leaves open, by name. An answer from real Windows changes the value of
 * one entry; until then a test can override it: `new SimulatedWindows({ assumptions: { associateTwice: 0 } })`.
 */
export const assumptions = { ...reservationAssumptions, ...socketAssumptions } as const;

/** The name of an assumption. */
export type AssumptionName = keyof typeof assumptions;

/** The values that a machine uses: an error number (0 for a call that succeeds), or whether the statement is true. */
export type Assumptions = { readonly [Name in AssumptionName]: (typeof assumptions)[Name]['value'] };

/**
 * Returns the values of all assumptions, with the overrides applied.
 *
 * @throws RangeError for an unknown name, or a value that does not fit the kind of the assumption.
 */
export function resolveAssumptions(overrides: Partial<Assumptions>): Assumptions {
  const known = new Map<string, Assumption<number | boolean>>(Object.entries(assumptions));
  const values = new Map([...known].map(([name, assumption]) => [name, assumption.value]));
  for (const [name, value] of Object.entries(overrides)) {
    const assumption = known.get(name);
    if (assumption === undefined) throw new RangeError(`there is no assumption named ${name}`);
    if (!isValueOf(assumption, value)) throw new RangeError(`${name}: expected ${expected[assumption.kind]}`);
    values.set(name, value);
  }
  // The names are those of `assumptions`, and each value has the type of its entry, but TypeScript cannot infer that
  // here.
  return Object.fromEntries(values) as Assumptions;
}

const expected: Record<Assumption<number | boolean>['kind'], string> = {
  rule: 'true or false',
  refusal: 'an error number, 1 or above',
  outcome: 'an error number, or 0 for success',
};

function isValueOf({ kind }: Assumption<number | boolean>, value: unknown): boolean {
  if (kind === 'rule') return typeof value === 'boolean';
  return Number.isInteger(value) && Number(value) >= (kind === 'refusal' ? 1 : 0);
}
