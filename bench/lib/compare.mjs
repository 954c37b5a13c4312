// SPDX-License-Identifier: MIT
import { Bench } from 'tinybench';
import { inRounds } from './rounds.mjs';

/**
 * Something to measure.
 *
 * @typedef {object} Task
 * @property {() => unknown} run May return `{ overriddenDuration }`, in milliseconds, to leave a part of itself out.
 * @property {number} [per] How many operations one run is; 1 by default.
 *
 * @typedef {object} CompareOptions
 * @property {number} [rounds]
 * @property {number} [timeMs] For each task in each round.
 */

/**
 * Times tasks side by side, in rounds.
 *
 * @param {Record<string, Task>} tasks
 * @param {CompareOptions} [options]
 * @returns {Promise<Record<string, number[]>>} Milliseconds per operation: for each round, the median of its samples.
 */
export async function compare(tasks, { rounds = 11, timeMs = 50 } = {}) {
  const time = async ({ run, per = 1 }, round) => {
    const bench = new Bench({ time: timeMs, iterations: 3, warmup: round < 0, throws: true });
    await bench.add('task', run).run();
    return bench.tasks[0].result.latency.p50 / per;
  };
  return inRounds(tasks, time, { rounds, warmUps: 1 });
}

/** The same results in another unit, with `factor` of them to a millisecond. */
export function inUnits(results, factor) {
  return Object.fromEntries(Object.entries(results).map(([name, values]) => [name, values.map((v) => v * factor)]));
}

export const microseconds = (results) => inUnits(results, 1000);
