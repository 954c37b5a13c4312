// SPDX-License-Identifier: MIT
import { isSupported } from '../windows/binding.js';
import type { OutputStream, Style } from './outcome.js';

/** Off Windows a command works on the simulated machine, unless the program was started on one, and says so. */
export async function provideWindows(stderr: OutputStream, style: Style): Promise<void> {
  if (process.platform === 'win32') return;
  if (!isSupported) await import('../simulator/simulate.js');
  stderr.write(`${style('yellow', 'note:')} this is not Windows; the answers are those of a simulated Windows\n`);
}
