// SPDX-License-Identifier: MIT
import { Bench } from 'tinybench';

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
 * Measures tasks side by side, in rounds: whatever else the machine does meets all of them. The first round is there to
 * warm up, and from round to round the order is turned round.
 *
 * @param {Record<string, Task>} tasks
 * @param {CompareOptions} [options]
 * @returns {Promise<Record<string, number[]>>} Milliseconds per operation: for each round, the median of its samples.
 */
export async function compare(tasks, { rounds = 11, timeMs = 50 } = {}) {
  const results = Object.fromEntries(Object.keys(tasks).map((name) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    const order = Object.entries(tasks);
    if (round % 2 === 1) order.reverse();
    for (const [name, { run, per = 1 }] of order) {
      const bench = new Bench({ time: timeMs, iterations: 3, warmup: round === 0, throws: true });
      await bench.add(name, run).run();
      if (round > 0) results[name].push(bench.tasks[0].result.latency.p50 / per);
    }
  }
  return results;
}

/** The same results in another unit, with `factor` of them to a millisecond. */
export function inUnits(results, factor) {
  return Object.fromEntries(Object.entries(results).map(([name, values]) => [name, values.map((v) => v * factor)]));
}

export const microseconds = (results) => inUnits(results, 1000);
