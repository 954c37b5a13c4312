// SPDX-License-Identifier: MIT

/** A rule of Windows that no public source settles, and what the model takes for it until a real run says. */
export interface Assumption<Value extends number | boolean> {
  /**
   * - `rule`: whether Windows does as the statement says.
   * - `refusal`: the error number of a call that cannot succeed.
   * - `outcome`: the error number of a call, or 0 where the call succeeds.
   */
  readonly kind: 'rule' | 'refusal' | 'outcome';
  readonly value: Value;
  readonly statement: string;
  /** What is known about it, and from where. */
  readonly standsOn: string;
  /** What a run on real Windows has to do to answer it. */
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
