// SPDX-License-Identifier: MIT
import { isSupported } from '../windows/binding.js';
import type { OutputStream, Style } from './outcome.js';

/** Lets a command work on the simulated machine off Windows, and says so. A program may already have started on one. */
export async function provideWindows(stderr: OutputStream, style: Style): Promise<void> {
  if (process.platform === 'win32') return;
  if (!isSupported) await import('../simulator/simulate.js');
  stderr.write(`${style('yellow', 'note:')} this is not Windows; the answers come from a simulated Windows\n`);
}
