// SPDX-License-Identifier: MIT
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  contains,
  isPort,
  lastPortOf,
  lengthOf,
  overlaps,
  portsText,
  type PortSpan,
} from '../../../src/common/port-ranges.js';

const span = fc
  .tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 }))
  .map(([one, other]): PortSpan => ({ startPort: Math.min(one, other), endPort: Math.max(one, other) }));

const asRange = ({ startPort, endPort }: PortSpan) => ({ startPort, numberOfPorts: endPort - startPort + 1 });

const portsOf = ({ startPort, endPort }: PortSpan) =>
  Array.from({ length: endPort - startPort + 1 }, (_, index) => startPort + index);

it('ports by their first and last one, and by their number, are the same ports', () => {
  fc.assert(
    fc.property(span, span, fc.integer({ min: 0, max: 61 }), (one, other, port) => {
      const ports = portsOf(one);
      for (const form of [one, asRange(one)]) {
        expect(lastPortOf(form)).toBe(ports.at(-1));
        expect(lengthOf(form)).toBe(ports.length);
        expect(contains(form, port)).toBe(ports.includes(port));
        for (const second of [other, asRange(other)]) {
          expect(overlaps(form, second)).toBe(portsOf(other).some((each) => ports.includes(each)));
        }
        expect(portsText(form)).toBe(ports.length === 1 ? `${ports[0]}` : `${ports[0]}-${ports.at(-1)}`);
      }
    }),
  );
});

it('a port is an integer from 1 to 65535', () => {
  for (const port of [1, 80, 65_535]) expect(isPort(port)).toBe(true);
  for (const value of [0, 65_536, -1, 1.5, NaN, '80', 80n, undefined, null]) expect(isPort(value)).toBe(false);
});

it('the end of a block does not come from Object.prototype', () => {
  Object.defineProperty(Object.prototype, 'endPort', { value: 'x', configurable: true });
  try {
    expect(portsText({ startPort: 5000, numberOfPorts: 20 })).toBe('5000-5019');
  } finally {
    Reflect.deleteProperty(Object.prototype, 'endPort');
  }
});
