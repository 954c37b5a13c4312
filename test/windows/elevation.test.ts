// SPDX-License-Identifier: MIT
import { expect, it } from 'vitest';
import { isElevated, isSupported } from 'win-port-reservation';

const { WPR_EXPECT_ELEVATED: expected } = process.env;

it('this process can reserve ports', () => {
  expect(isSupported).toBe(true);
});

it.skipIf(expected === undefined)('this process is elevated, or not, as the run expects', () => {
  expect(isElevated()).toBe(expected === '1');
});
