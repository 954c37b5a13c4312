// SPDX-License-Identifier: MIT

let last: Promise<unknown> = Promise.resolve();

/** Runs test binds one after the other, so that one does not meet the socket of another. The work must come to an end. */
export function inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
  const result = last.then(work);
  last = result.catch(() => undefined);
  return result;
}
