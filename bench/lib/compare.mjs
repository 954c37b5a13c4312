// SPDX-License-Identifier: MIT
import { Bench } from 'tinybench';
import { inRounds } from './rounds.mjs';

/**
 * A task to measure.
 *
 * @typedef {object} Task
 * @property {() => unknown} run May return `{ overriddenDuration }`, in milliseconds, to exclude a part of its run.
 * @property {number} [per] The number of operations in one run; 1 by default.
 *
 * @typedef {object} CompareOptions
 * @property {number} [rounds]
 * @property {number} [timeMs] The time for each task in each round.
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

/** Converts results to another unit, of which `factor` make a millisecond. */
export function inUnits(results, factor) {
  return Object.fromEntries(Object.entries(results).map(([name, values]) => [name, values.map((v) => v * factor)]));
}

export const microseconds = (results) => inUnits(results, 1000);
