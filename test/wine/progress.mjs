// SPDX-License-Identifier: MIT
// Tells how far a run of test files came before Wine's server died, and what is left to run.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The number of times that the server may die in the same file. */
const deathsOfOneFile = 2;

/**
 * Runs test files, and after a death of Wine's server runs those that had not ended. If the server dies twice in the
 * same file, the run fails. The caller need not handle deaths of the server.
 *
 * @template {{ exitCode: number | null, serverDied: boolean }} Result
 * @param {string[]} files Files or folders, as vitest takes them.
 * @param {(files: string[], progressFile: string) => Promise<Result>} run Makes ProgressReporter write to the file.
 * @param {(message: string) => void} [say]
 * @returns {Promise<Result>}
 */
export async function runToTheEnd(files, run, say = console.error) {
  const deaths = new Map();
  let anyFailed = false;
  for (let left = files; ;) {
    const { result, progress } = await runOnce(left, run);
    anyFailed ||= progress.failed.length > 0;
    if (!result.serverDied) return anyFailed ? { ...result, exitCode: result.exitCode || 1 } : result;
    left = progress.left ?? left;
    if (left.length === 0) return { ...result, exitCode: anyFailed ? 1 : 0, serverDied: false };
    const where = progress.running ?? 'before the first test file';
    deaths.set(where, (deaths.get(where) ?? 0) + 1);
    say(`Wine's server died ${describe(progress)}.`);
    if (deaths.get(where) === deathsOfOneFile) {
      say(`That is the second time, so the run ends here. Not run to the end: ${left.join(', ')}`);
      return { ...result, exitCode: 1, serverDied: false };
    }
    say(`Running what is left: ${left.join(', ')}`);
  }
}

function describe({ running, test }) {
  if (running === undefined) return 'before the first test file ran, or between two';
  return test === undefined ? `while ${running} was loaded` : `while ${running} ran, in the test "${test}"`;
}

async function runOnce(files, run) {
  const directory = mkdtempSync(path.join(tmpdir(), 'win-port-reservation-'));
  const progressFile = path.join(directory, 'progress');
  writeFileSync(progressFile, '');
  try {
    const result = await run(files, progressFile);
    return { result, progress: readProgress(readFileSync(progressFile, 'utf8')) };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/**
 * @typedef {object} Progress
 * @property {string[]} failed The files that ended with a failure.
 * @property {string} [running] The file that had begun but not ended.
 * @property {string} [test] The test of that file that began last.
 * @property {string[]} [left] The files that have not ended, the running one first. Undefined before the run began.
 */

/**
 * @param {string} text The output of ProgressReporter. The last line may be incomplete.
 * @returns {Progress}
 */
function readProgress(text) {
  let files;
  let running;
  let test;
  const ended = new Map();
  for (const line of text.split('\n').slice(0, -1)) {
    const event = JSON.parse(line);
    if (event.event === 'run') files = event.files;
    if (event.event === 'file') [running, test] = [event.file, undefined];
    if (event.event === 'test') test = event.test;
    if (event.event === 'end') {
      ended.set(event.file, event.passed);
      running = undefined;
    }
  }
  const waiting = files?.filter((file) => !ended.has(file) && file !== running);
  return {
    failed: [...ended.keys()].filter((file) => !ended.get(file)),
    running,
    test,
    left: waiting && [...(running === undefined ? [] : [running]), ...waiting],
  };
}
