// SPDX-License-Identifier: MIT
// What some tests need and not every ring has. Where it is missing, they are skipped and say so.
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

/** Whether the machine does what a test tells it, for instance to fail: Windows does as it likes. */
export const canSteer = ring !== 'windows';

export const steeredIt = itWith(() => canSteer, 'a machine that can be steered');

/** A test of something that the sockets of the simulator do otherwise: they are made of handles of Node themselves. */
export const notSimulatedIt = (what: string) => itWith(() => ring !== 'simulated', what);

/** A test of something that Wine itself does otherwise than Windows. */
export const notUnderWineIt = (what: string) => itWith(() => !isWine, what);

/** A test that changes what all of Windows sees: persistent reservations and administered exclusions. */
export const elevatedIt = itWith(isElevated, 'an elevated process');

/** The same, with a child process that is not elevated. */
export const bothElevationsIt = itWith(
  () => isElevated() && (canSteer || canRunNotElevated),
  'an elevated process that can start one that is not (test/windows/not-elevated/prepare.mjs)',
);
