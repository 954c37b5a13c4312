// SPDX-License-Identifier: MIT
// Extracts the failures from the output of vitest: runners print them last, so that a truncated log still shows them.
import { stripVTControlCharacters } from 'node:util';

/** How much of an output shows why a program ended that printed no failure of a test. */
const linesOfEnd = 30;

/**
 * Finds the failures in an output. Where they are too long, each is cut to its first lines. Without failures of vitest it
 * takes the lines with the word FAILED, each with the indented lines after it, and without those the end of the output.
 *
 * @param {string} output
 * @param {number} [limit] How many lines there are at most.
 * @returns {string[]}
 */
export function failuresIn(output, limit = 100) {
  const lines = stripVTControlCharacters(output)
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '');
  const found = failureLines(lines);
  if (found.length === 0) {
    const marked = markedLines(lines);
    return marked.length > 0 ? marked.slice(0, limit) : lines.slice(-Math.min(linesOfEnd, limit));
  }
  if (found.length <= limit) return found;
  const starts = found.flatMap((line, index) => (isStart(line) ? [index] : []));
  const each = Math.max(2, Math.floor(limit / Math.max(1, starts.length)));
  return starts
    .flatMap((start, place) => found.slice(start, Math.min(start + each, starts[place + 1] ?? Infinity)))
    .slice(0, limit);
}

const isStart = (line) => /^ *FAIL /.test(line) || /^⎯+ Unhandled /.test(line);

/** The part of the report between the heading of the failures and the counts of tests, of each run that has one. */
function failureLines(lines) {
  let isFailure = false;
  return lines.filter((line) => {
    if (/^⎯+ (Failed|Unhandled) /.test(line)) isFailure = true;
    else if (/^ *Test Files /.test(line)) isFailure = false;
    return isFailure;
  });
}

/** Selects the rows of a table of checks that failed, and what other runners print of theirs. */
function markedLines(lines) {
  let isMarked = false;
  return lines.filter((line) => {
    if (!line.startsWith(' ')) isMarked = /\bFAILED\b/.test(line);
    return isMarked;
  });
}

/**
 * @typedef {object} FailedRun
 * @property {string} name
 * @property {string} output
 *
 * Prints the failures of runs, as the last that their runner prints.
 *
 * @param {FailedRun[]} runs
 * @param {(line: string) => void} [print]
 */
export function printFailures(runs, print = console.error) {
  for (const { name, output } of runs) {
    print(`\nFAILED: ${name}`);
    for (const line of failuresIn(output, Math.floor(100 / runs.length))) print(`  ${line}`);
  }
}
