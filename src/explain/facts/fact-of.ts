// SPDX-License-Identifier: MIT
import type { Fact } from './facts.js';

/** When to stop waiting, in the milliseconds of `performance.now()`. */
export type Deadline = number;

/** Waits for the answer, or tells why there is none: the question failed, or the answer is late. */
export async function factOf<Value>(ask: () => Promise<Value>, deadline: Deadline): Promise<Fact<Value>> {
  const leftMs = Math.round(deadline - performance.now());
  if (leftMs <= 0) return { known: false, why: 'There was no time left to ask.' };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Fact<Value>>((resolve) => {
    timer = setTimeout(resolve, leftMs, { known: false, why: `There was no answer in ${leftMs} ms.` });
  });
  try {
    const asked = ask().then((value): Fact<Value> => ({ known: true, value }));
    return await Promise.race([asked, late]);
  } catch (error) {
    return unknownFact(error);
  } finally {
    clearTimeout(timer);
  }
}

/** Makes the fact of a question that failed. */
export function unknownFact(error: unknown): Fact<never> {
  // Takes the first line only, because netsh may have printed a page.
  const [why = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return { known: false, why };
}
