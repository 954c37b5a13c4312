// SPDX-License-Identifier: MIT
import { setTimeout } from 'node:timers/promises';
import { hangLimitMs } from '../../shared/time-limits.mjs';

/**
 * Handles that may come or go while others are counted, none of them the addon's: one is taken off for each thread, and a
 * thread of Windows' pool that never talked to the machine, as the one behind its timers, has none.
 */
export const handlesGiveOrTake = 2;

/** Counts the open handles of this process, without those of threads and of the stand-in. */
export const handleCount = () => globalThis[Symbol.for('win-port-reservation.stand-in')].handleCount();

/** Counts the new handles, once those of garbage and of ended threads are closed. */
export async function newHandlesSince(before, collect = async () => undefined) {
  for (let waitedMs = 0, pauseMs = 1; ; waitedMs += pauseMs, pauseMs *= 2) {
    await collect();
    const left = handleCount() - before;
    if (left <= handlesGiveOrTake || waitedMs > hangLimitMs / 10) return left;
    await setTimeout(pauseMs);
  }
}
