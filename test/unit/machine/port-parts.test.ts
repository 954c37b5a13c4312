// SPDX-License-Identifier: MIT
import { expect, it } from 'vitest';
import { partsOutside } from '../../../src/machine/port-parts.js';
import type { PortRange } from '../../../src/common/ports.js';

const range = (startPort: number, endPort: number): PortRange => ({
  startPort,
  numberOfPorts: endPort - startPort + 1,
});

it.each<[string, [number, number][], [number, number][]]>([
  ['nothing', [], [[3000, 3009]]],
  ['all of it', [[3000, 3009]], []],
  ['more than it', [[2000, 4000]], []],
  ['its beginning', [[2990, 3004]], [[3005, 3009]]],
  ['its end', [[3009, 3020]], [[3000, 3008]]],
  [
    'its middle',
    [[3004, 3005]],
    [
      [3000, 3003],
      [3006, 3009],
    ],
  ],
  [
    'ports in no order that overlap',
    [
      [3006, 3007],
      [3002, 3003],
      [3003, 3006],
    ],
    [
      [3000, 3001],
      [3008, 3009],
    ],
  ],
  [
    'ports beside it',
    [
      [2999, 2999],
      [3010, 3010],
    ],
    [[3000, 3009]],
  ],
])('what is left of 3000-3009 without %s', (_, ranges, left) => {
  const block = { protocol: 'udp', ...range(3000, 3009) } as const;
  const expected = left.map(([first, last]) => ({ protocol: 'udp', ...range(first, last) }));
  expect(
    partsOutside(
      block,
      ranges.map(([first, last]) => range(first, last)),
    ),
  ).toEqual(expected);
});
