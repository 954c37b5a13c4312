// SPDX-License-Identifier: MIT
import type { ProtectionProgress } from '../machine/run-plan.js';
import { styleFor, type Streams } from './outcome.js';
import { wrap } from './wrap.js';

const reportEveryMs = 5000;

/** Prints each step when it begins, and every few seconds that it is still going on. */
export function progressPrinter({ stderr }: Pick<Streams, 'stderr'>): (progress: ProtectionProgress) => void {
  const style = styleFor(stderr);
  let reported = 0;
  return ({ step, waitedMs }) => {
    if (waitedMs === 0) {
      reported = 0;
      stderr.write(`${wrap(step.text, style, '- ').join('\n')}\n`);
    } else if (waitedMs - reported >= reportEveryMs) {
      reported = waitedMs;
      stderr.write(`${style('dim', `  waiting for ${Math.round(waitedMs / 1000)} s`)}\n`);
    }
  };
}
