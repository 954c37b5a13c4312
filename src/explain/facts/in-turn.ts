// SPDX-License-Identifier: MIT

let last: Promise<unknown> = Promise.resolve();

/** One after the other, so that the socket of one trial is not what another one finds. The work must come to an end. */
export function inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
  const result = last.then(work);
  last = result.catch(() => undefined);
  return result;
}
