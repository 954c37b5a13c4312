// SPDX-License-Identifier: MIT

/** The value below which a part of all values lies; between two values, what lies between them. */
export function quantile(values, part) {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * part;
  const below = sorted[Math.floor(place)];
  return below + (sorted[Math.ceil(place)] - below) * (place % 1);
}

export const median = (values) => quantile(values, 0.5);

/** The median, and the quartiles: half of all values lie between them. */
export function summaryOf(values) {
  return { median: median(values), low: quantile(values, 0.25), high: quantile(values, 0.75) };
}

/** What each value is of the one that was measured beside it. */
export function ratiosOf(values, references) {
  return values.map((value, index) => value / references[index]);
}
