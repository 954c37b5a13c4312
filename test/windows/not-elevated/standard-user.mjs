// SPDX-License-Identifier: MIT
// How an elevated process on Windows starts one that is not: as a standard user that `prepare.mjs` made. A restricted
// token of the same user (`runas /trustlevel:0x20000`) would not do: TokenElevation goes on to say that it is elevated.
import path from 'node:path';

export const { WPR_STANDARD_USER: userName = 'wpr-standard', WPR_STANDARD_PASSWORD: password } = process.env;

/** Where jobs and their output are: neither this user's own folder nor that one's. */
export const jobsDirectory = path.join(process.env.ProgramData ?? 'C:\\ProgramData', 'win-port-reservation-test');

/** Whether that user is there. Not under Wine, where the stand-in decides who is elevated. */
export const canRunNotElevated = process.platform === 'win32' && password !== undefined;

/**
 * The arguments of a Node that runs Node with these arguments as the standard user, in the same folder and environment.
 * Its output and exit code come out as if they were its own; it has no standard input.
 *
 * @param {readonly string[]} args
 */
export function notElevatedCommand(args) {
  return [path.join(import.meta.dirname, 'run.mjs'), ...args];
}
