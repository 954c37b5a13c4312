// SPDX-License-Identifier: MIT

/** What the exit code of a command says. */
export const exitCodes = {
  /** It was done, or the answer is yes. */
  done: 0,
  failed: 1,
  wrongCommandLine: 2,
  /** The same command works in an elevated process. */
  needsElevation: 3,
  /** Windows answered, and the answer is no: there is no such reservation, or the ports cannot be had. */
  no: 4,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export const exitCodeHelp = `
Exit codes:
  0  done, or the answer is yes: the port can be had
  1  failed
  2  the command line is wrong
  3  needs an elevated process; the command to run there is printed
  4  the answer is no: no such reservation, or the ports cannot be had`;
