// SPDX-License-Identifier: MIT
// Tells whether the machine was too busy for the figures of a run to count.
import os from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { ratiosOf, summaryOf } from './statistics.mjs';

/** Half of the rounds may differ by this factor. A quiet machine stays below 1.1 in nearly every comparison. */
const usualSpread = 1.25;

/** Others may use this part of the processors. A quiet machine stays below 0.02. */
const usualUse = 0.1;

/** Returns the part of the processors that others use. Call it while the run itself does nothing. */
export async function useByOthers(ms = 1000) {
  const before = os.cpus();
  await setTimeout(ms);
  return useBetween(before, os.cpus());
}

/** Returns the part of the processors that was in use between two answers of `os.cpus()`. */
export function useBetween(before, after) {
  const sum = (cpus, ticks) => cpus.flatMap(({ times }) => ticks(times)).reduce((a, b) => a + b, 0);
  const more = (ticks) => sum(after, ticks) - sum(before, ticks);
  return 1 - more(({ idle }) => idle) / more((times) => Object.values(times));
}

/**
 * Returns the reasons why the figures do not count; none on a quiet machine.
 *
 * @param {number} use The part of the processors that others used.
 * @param {import('./report-line.mjs').Comparison[]} results
 * @returns {string[]}
 */
export function whyBusy(use, results) {
  const spreads = results.filter(({ series }) => series).flatMap(spreadsOf);
  const wide = spreads.filter((spread) => spread > usualSpread).length;
  const reasons = [];
  if (use > usualUse) reasons.push(`other processes used ${(100 * use).toFixed(0)} % of the processors`);
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
