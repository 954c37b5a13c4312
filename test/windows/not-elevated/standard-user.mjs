// SPDX-License-Identifier: MIT
// Starts a process that is not elevated from an elevated one on Windows: as a standard user that `prepare.mjs` made. A
// restricted token of the same user (`runas /trustlevel:0x20000`) does not work, because TokenElevation still says that
// it is elevated.
import path from 'node:path';

export const { WPR_STANDARD_USER: userName = 'wpr-standard', WPR_STANDARD_PASSWORD: password } = process.env;

/** The folder of jobs and their output, which belongs to neither user. */
export const jobsDirectory = path.join(process.env.ProgramData ?? 'C:\\ProgramData', 'win-port-reservation-test');

/**
 * Tells whether that user exists. Under Wine it is not used, because the stand-in decides which process is elevated.
 */
export const canRunNotElevated = process.platform === 'win32' && password !== undefined;

/**
 * Returns the arguments for a Node that runs Node with the given arguments as the standard user, in the same folder and
 * environment. It passes on the output and the exit code; there is no standard input.
 *
 * @param {readonly string[]} args
 */
export function notElevatedCommand(args) {
  return [path.join(import.meta.dirname, 'run.mjs'), ...args];
}
