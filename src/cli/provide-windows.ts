// SPDX-License-Identifier: MIT
import { release } from 'node:os';
import { packageError } from '../common/errors.js';
import { isSupported } from '../windows/binding.js';
import type { OutputStream, Style } from './outcome.js';
import { messageLines } from './wrap.js';

export const simulateFlag = '--simulate';

/**
 * Lets a command work on the simulated machine where the user asks for it, and says so. A program may already have started
 * on one.
 *
 * @param simulate - Whether the command line asks for it.
 * @throws {@link PortReservationError} `ERR_UNSUPPORTED_PLATFORM`: this is not Windows, and the user asked for no simulated one.
 */
export async function provideWindows(stderr: OutputStream, style: Style, simulate: boolean): Promise<void> {
  if (!isSupported) {
    if (!isToSimulate(simulate)) throw notWindows();
    await import('../simulator/simulate.js');
  }
  if (process.platform === 'win32') return;
  const note = 'this is not Windows; the answers come from a simulated Windows';
  stderr.write(`${messageLines('note:', 'yellow', note, style).join('\n')}\n`);
}

/** Tells whether only the Windows around this WSL can answer, because the user wants no simulated one. */
export function needsWindowsAroundWsl(simulate: boolean): boolean {
  return !isSupported && !isToSimulate(simulate) && isInsideWsl(release());
}

function isToSimulate(simulate: boolean): boolean {
  return simulate || process.env['WIN_PORT_RESERVATION_SIMULATE'] === '1';
}

function notWindows(): Error {
  const here = isInsideWsl(release())
    ? 'This is Linux inside WSL, which finds no node.exe of Windows: install Node.js in Windows, or run the command in a terminal of Windows'
    : `This is ${process.platform}: run the command on Windows`;
  return packageError(
    'ERR_UNSUPPORTED_PLATFORM',
    `${here}, or add ${simulateFlag} for answers from a simulated Windows.`,
  );
}

/** @param kernel - The release of the kernel. That of WSL ends in `-microsoft-standard-WSL2` or, in WSL 1, in `-Microsoft`. */
export function isInsideWsl(kernel: string): boolean {
  return /microsoft/i.test(kernel);
}
