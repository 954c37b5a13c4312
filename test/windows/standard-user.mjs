// SPDX-License-Identifier: MIT
// How an elevated process on Windows starts one that is not: as the standard user that `not-elevated.mjs prepare` made.
import path from 'node:path';

export const userName = process.env.WPR_STANDARD_USER ?? 'wpr-standard';

/** Whether that user is there. Never under Wine, where the stand-in says who is elevated. */
export const canRunNotElevated = process.platform === 'win32' && process.env.WPR_STANDARD_PASSWORD !== undefined;

/**
 * The arguments of a Node that runs another Node, with these arguments, as the standard user: its output and its exit
 * code come out as if they were its own, but only when it has ended, and it has no standard input.
 *
 * @param {readonly string[]} args
 * @returns {string[]}
 */
export function notElevatedCommand(args) {
  return [path.join(import.meta.dirname, 'not-elevated.mjs'), 'run', ...args];
}
