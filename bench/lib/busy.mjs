// SPDX-License-Identifier: MIT
// Tells whether the machine was too busy for the figures of a run to count.
import { ratiosOf, summaryOf } from './statistics.mjs';

/** Half of the rounds may differ by this factor. A quiet machine stays below 1.1 in nearly every comparison. */
const usualSpread = 1.25;

/**
 * @typedef {object} Load
 * @property {number} before The load of the last minute, when the run began.
 * @property {number} after The same when it ended.
 * @property {number} processors
 * @property {number} own The number of processors that a run keeps busy by itself.
 */

/**
 * Returns the reasons why the figures do not count; none on a quiet machine.
 *
 * @param {Load} load
 * @param {import('./report-line.mjs').Comparison[]} results
 * @returns {string[]}
 */
export function whyBusy({ before, after, processors, own }, results) {
  const spreads = results.filter(({ series }) => series).flatMap(spreadsOf);
  const wide = spreads.filter((spread) => spread > usualSpread).length;
  const reasons = [];
  if (before > processors / 2) reasons.push(`the load was ${before.toFixed(2)} when the run began`);
  if (after > processors / 2 + own) reasons.push(`the load was ${after.toFixed(2)} when it ended`);
  if (4 * wide > spreads.length) {
    reasons.push(`in ${wide} of ${spreads.length} comparisons half of the rounds differ by more than a quarter`);
  }
  return reasons;
}

/** The upper quartile of each series over the lower one, as ratios to the reference: other load affects both alike. */
function spreadsOf({ series, reference }) {
  const others = Object.keys(series).filter((name) => name !== reference);
  return others.map((name) => {
    const { low, high } = summaryOf(ratiosOf(series[name], series[reference]));
    return high / low;
  });
}
