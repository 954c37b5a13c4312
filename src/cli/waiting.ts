// SPDX-License-Identifier: MIT
import { styleFor, type OutputStream } from './outcome.js';

/** Calls `tick` every second until the returned function is called. */
export type EverySecond = (tick: () => void) => () => void;

export const everySecond: EverySecond = (tick) => {
  const timer = setInterval(tick, 1000);
  return () => {
    clearInterval(timer);
  };
};

const eraseLine = '\r\u001b[2K';

/**
 * Shows in a terminal that a command still waits for Windows, after the first second, in one line that it erases at the
 * end. netsh alone may take several seconds.
 */
export async function showWaiting<Result>(
  work: () => Promise<Result>,
  stderr: OutputStream,
  every: EverySecond,
): Promise<Result> {
  if (stderr.isTTY !== true || process.env['TERM'] === 'dumb') return work();
  const style = styleFor(stderr);
  let seconds = 0;
  const stop = every(() => {
    seconds += 1;
    stderr.write(`${eraseLine}${style('dim', `asking Windows: ${seconds} s`)}`);
  });
  try {
    return await work();
  } finally {
    stop();
    if (seconds > 0) stderr.write(eraseLine);
  }
}
