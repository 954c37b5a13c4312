// SPDX-License-Identifier: MIT
// Skips tests, with the reason, that need something that not every run has.
import { it } from 'vitest';
import { isElevated } from 'win-port-reservation';
import { canRunNotElevated } from '../windows/not-elevated/standard-user.mjs';
import { isWine, ring } from './ring.js';

function itWith(isThere: () => boolean, what: string) {
  return it.extend<{ need: undefined }>({
    need: [
      async ({ skip }, use) => {
        skip(!isThere(), `needs ${what}`);
        await use(undefined);
      },
      { auto: true },
    ],
  });
}

/** Whether the machine can be steered by a test, for instance to fail a call. Windows cannot. */
export const canSteer = ring !== 'windows';

export const steeredIt = itWith(() => canSteer, 'a machine that can be steered');

/**
 * Defines a test of behavior that differs for sockets of the simulator, because they are handles of Node themselves.
 */
export const notSimulatedIt = (what: string) => itWith(() => ring !== 'simulated', what);

/** Defines a test of behavior in which Wine differs from Windows. */
export const notUnderWineIt = (what: string) => itWith(() => !isWine, what);

/** Defines a test that changes something for all of Windows: persistent reservations and administered exclusions. */
export const elevatedIt = itWith(isElevated, 'an elevated process');

/** Defines such a test that also needs a child process that is not elevated. */
export const bothElevationsIt = itWith(
  () => isElevated() && (canSteer || canRunNotElevated),
  'an elevated process that can start one that is not (test/windows/not-elevated/prepare.mjs)',
);
