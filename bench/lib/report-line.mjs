// SPDX-License-Identifier: MIT
import { writeSync } from 'node:fs';

/**
 * The results of a topic: measurements side by side, or its own table.
 *
 * @typedef {object} Comparison
 * @property {string} title
 * @property {string} [name] The name of its row, if several comparisons are the rows of one table.
 * @property {string[]} [columns] The series that each have a column in such a table; the goal applies to the first one.
 * @property {string} unit
 * @property {string} reference The series that the others are compared with.
 * @property {Record<string, number[]>} series A value for each round.
 * @property {boolean} [difference] Whether the table shows the difference from the reference.
 * @property {Goal[]} [goals] The goals for the ratios to the reference.
 * @property {string} [chart] The name of its chart, if it has one.
 * @property {boolean} [logarithmic] The scale of the chart.
 * @property {number} [x] The place of this result on the x axis, if several results share a chart.
 * @property {string} [chartTitle]
 * @property {string} [xTitle]
 * @property {string} [chartNote] A note below the title of the chart.
 * @property {string} [note] The text above the table.
 *
 * @typedef {object} Table
 * @property {string} title
 * @property {string[]} header
 * @property {(string | number)[][]} rows
 * @property {string} [chart]
 * @property {Record<string, number[]>} [bars] The bars of the chart, each with its values.
 * @property {Goal[]} [goals] The goals, each with the value that it applies to.
 *
 * @typedef {object} Goal
 * @property {string} name
 * @property {number} [value] The value that it applies to; default the median of the ratios to the reference.
 * @property {boolean} [worseQuartile] Whether it applies to the worse quartile of the ratios instead of the median.
 * @property {string} [reference] A reference other than that of the comparison.
 * @property {number} [atMost]
 * @property {number} [atLeast]
 * @property {string} [unit]
 */

/** Sends a result to the process that asked for it. */
export function report(/** @type {Comparison | Table} */ result) {
  // Write synchronously, because the process may end without waiting for its streams.
  writeSync(1, `${JSON.stringify(result)}\n`);
}
