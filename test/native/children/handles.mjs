// SPDX-License-Identifier: MIT
import { setTimeout } from 'node:timers/promises';
import { hangLimitMs } from '../../shared/time-limits.mjs';

/**
 * Handles that may come or go while others are counted, none of them the addon's: one is taken off for each thread, and a
 * thread of Windows' pool that never talked to the machine, as the one behind its timers, has none.
 */
export const handlesGiveOrTake = 2;

/**
 * A leak shows in each of these rounds. The RPC of Wine 10 opens a pipe and an event to the service manager for each thread
 * that calls it at the same time as others, and keeps them, with or without the addon: that shows in a few rounds.
 */
const rounds = 5;

/** Counts the open handles of this process, without those of threads and of the stand-in. */
const handleCount = () => globalThis[Symbol.for('win-port-reservation.stand-in')].handleCount();

/** Counts the new handles, once those of garbage and of ended threads are closed. */
async function newHandlesSince(before, collect, limitMs) {
  for (let waitedMs = 0, pauseMs = 1; ; waitedMs += pauseMs, pauseMs *= 2) {
    await collect();
    const left = handleCount() - before;
    if (left <= handlesGiveOrTake || waitedMs > limitMs) return left;
    await setTimeout(pauseMs);
  }
}

/**
 * Counts the new handles that each round leaves, at least; a round is played again if it leaves any.
 *
 * @param {() => Promise<number | void>} round Returns the number of handles that it has kept on purpose, by default 0.
 * @param {object} [options]
 * @param {() => Promise<void>} [options.collect]
 * @param {number} [options.limitMs] The time to wait after the last round; a tenth of it after the others.
 */
export async function handlesLeftByEach(round, { collect = async () => undefined, limitMs = hangLimitMs / 10 } = {}) {
  for (let played = 1; ; played += 1) {
    const before = handleCount();
    const kept = (await round()) ?? 0;
    const isLast = played === rounds;
    const left = await newHandlesSince(before + kept, collect, isLast ? limitMs : limitMs / 10);
    if (Math.abs(left) <= handlesGiveOrTake || isLast) return left;
  }
}
