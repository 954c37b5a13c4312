// SPDX-License-Identifier: MIT

/** Returns the quantile of sorted values, interpolated between two values. */
export function quantile(values, part) {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * part;
  const below = sorted[Math.floor(place)];
  return below + (sorted[Math.ceil(place)] - below) * (place % 1);
}

export const median = (values) => quantile(values, 0.5);

export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Returns the median and the quartiles, between which half of all values lie. */
export function summaryOf(values) {
  return { median: median(values), low: quantile(values, 0.25), high: quantile(values, 0.75) };
}

/** Returns the ratio of each value to the reference value of the same round. */
export function ratiosOf(values, references) {
  return values.map((value, index) => value / references[index]);
}
