// SPDX-License-Identifier: MIT
import { writeSync } from 'node:fs';

/**
 * What a topic found out: measurements side by side, or a table of its own.
 *
 * @typedef {object} Comparison
 * @property {string} title
 * @property {string} [name] Where several comparisons are the rows of one table.
 * @property {string[]} [columns] The series that have a column each in such a table; the goal is about the first one.
 * @property {string} unit
 * @property {string} reference The series that the others are compared with.
 * @property {Record<string, number[]>} series A value for each round.
 * @property {boolean} [difference] Whether the table says how much more than the reference each is.
 * @property {Goal[]} [goals] About the ratios to the reference.
 * @property {string} [chart] The name of its chart, where one says more than the table.
 * @property {boolean} [logarithmic] The scale of the chart.
 * @property {number} [x] Where the charts of several results are one: the place of this one.
 * @property {string} [chartTitle]
 * @property {string} [xTitle]
 * @property {string} [chartNote] What the legend of the chart adds.
 * @property {string} [note] What stands above the table.
 *
 * @typedef {object} Table
 * @property {string} title
 * @property {string[]} header
 * @property {(string | number)[][]} rows
 * @property {string} [chart]
 * @property {{ name: string, values: number[] }[]} [bars] What the chart shows.
 * @property {Goal[]} [goals] Each with the value that it is about.
 *
 * @typedef {object} Goal
 * @property {string} name
 * @property {number} [value] What it is about; without it, the median of the ratios to the reference.
 * @property {boolean} [worseQuartile] About the worse quartile of the ratios in place of the median.
 * @property {string} [reference] Another one than that of the comparison.
 * @property {number} [atMost]
 * @property {number} [atLeast]
 * @property {string} [unit]
 */

/** Hands a result over to the process that asked for it. */
export function report(/** @type {Comparison | Table} */ result) {
  // At once: the process may end without waiting for its streams.
  writeSync(1, `${JSON.stringify(result)}\n`);
}
