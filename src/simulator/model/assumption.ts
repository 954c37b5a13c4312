// SPDX-License-Identifier: MIT

/**
 * A rule of Windows that no public source settles, with the value that the model uses until a run on real Windows
 * decides.
 */
export interface Assumption<Value extends number | boolean> {
  /**
   * - `rule`: whether the statement is true of Windows.
   * - `refusal`: the error number of a call that cannot succeed.
   * - `outcome`: the error number of a call, or 0 where the call succeeds.
   */
  readonly kind: 'rule' | 'refusal' | 'outcome';
  readonly value: Value;
  readonly statement: string;
  /** The evidence for the value, and its source. */
  readonly standsOn: string;
  /** The steps that answer the question on real Windows. */
  readonly probe: string;
}

type Evidence<Value extends number | boolean> = Omit<Assumption<Value>, 'kind'>;

export function rule(evidence: Evidence<boolean>): Assumption<boolean> {
  return { kind: 'rule', ...evidence };
}

export function refusal(evidence: Evidence<number>): Assumption<number> {
  return { kind: 'refusal', ...evidence };
}

export function outcome(evidence: Evidence<number>): Assumption<number> {
  return { kind: 'outcome', ...evidence };
}
