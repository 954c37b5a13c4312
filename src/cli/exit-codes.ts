// SPDX-License-Identifier: MIT

/** The exit codes of the commands. */
export const exitCodes = {
  /** The command succeeded, or the answer is yes. */
  done: 0,
  failed: 1,
  wrongCommandLine: 2,
  /** The same command needs an elevated process. */
  needsElevation: 3,
  /** Windows answered, and the answer is no: there is no such reservation, or the ports are not available. */
  no: 4,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** For the help. */
export const exitCodeMeanings: Record<ExitCode, string> = {
  0: 'done, or the answer is yes: the port can be bound',
  1: 'failed',
  2: 'the command line is wrong',
  3: 'needs an elevated process; the command to run there is printed',
  4: 'the answer is no: no such reservation, ports not available, or a problem',
};
