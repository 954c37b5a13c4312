// SPDX-License-Identifier: MIT
import { afterEach, beforeEach, expect, it } from 'vitest';
import { handlesLeftByEach } from '../../native/children/handles.mjs';

const standIn = Symbol.for('win-port-reservation.stand-in');
let handles: number;

beforeEach(() => {
  handles = 50;
  Reflect.set(globalThis, standIn, { handleCount: () => handles });
});
afterEach(() => {
  Reflect.deleteProperty(globalThis, standIn);
});

/** Leaves so many handles, the last number from then on; those kept on purpose are more. */
const count = (left: number[], kept = 0): Promise<number> =>
  handlesLeftByEach(
    () => {
      handles += (left.length > 1 ? left.shift() : left[0]) ?? 0;
      handles += kept;
      return Promise.resolve(kept);
    },
    { limitMs: 0 },
  );

it.each([
  ['none', [0], 0],
  ['a few once', [4, 0], 0],
  ['a few in three of many rounds', [4, 4, 4, 0], 0],
  ['a few in each round', [3], 3],
  ['fewer than there were in each round', [-3], -3],
])('handles are counted by what each round leaves: %s', async (_, left, counted) => {
  expect(await count([...left])).toBe(counted);
});

it('handles that are kept on purpose are not counted', async () => {
  expect(await count([0], 7)).toBe(0);
  expect(await count([3], 7)).toBe(3);
});
