// SPDX-License-Identifier: MIT
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { candidates } from '../../../src/explain/facts/nearby-port.js';
import { administered, winnat } from './facts-of.js';
import { portsFrom } from '../../shared/ports-from.js';

const rangeOf = (startPort: number, endPort: number) => ({ ...winnat, ...portsFrom(startPort, endPort) });

describe('the ports to try nearby', () => {
  it('begin after the port, or after the range it lies in', () => {
    expect([...candidates(3000, [])].slice(0, 4)).toEqual([3001, 3002, 3004, 3008]);
    expect([...candidates(3000, [winnat])][0]).toBe(3069);
  });

  it('leave out ranges that follow each other, with a star or without', () => {
    const ranges = [winnat, rangeOf(3069, 3168), { ...administered, ...portsFrom(3169, 3170) }];
    expect([...candidates(3000, ranges)][0]).toBe(3171);
  });

  it('get out of the 4096 ports of a mirrored WSL, wherever the port lies in them', () => {
    for (const port of [20_000, 22_000, 24_095]) {
      expect([...candidates(port, [])].some((candidate) => candidate > 24_095 || candidate < 20_000)).toBe(true);
    }
  });

  it('turn round at the last port', () => {
    expect([...candidates(65_535, [])].slice(0, 2)).toEqual([65_534, 65_533]);
    expect([...candidates(65_500, [rangeOf(65_400, 65_535)])][0]).toBe(65_399);
  });

  it('are few, different, above 1023 and outside of every range', () => {
    const ranges = fc.array(fc.tuple(fc.integer({ min: 1, max: 65_000 }), fc.integer({ min: 0, max: 5000 })));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 65_535 }), ranges, (port, starts) => {
        const list = starts.map(([start, width]) => rangeOf(start, Math.min(start + width, 65_535)));
        const found = [...candidates(port, list)];
        expect(found.length).toBeLessThanOrEqual(14);
        expect(new Set(found).size).toBe(found.length);
        for (const candidate of found) {
          expect(candidate >= 1024 && candidate <= 65_535 && candidate !== port).toBe(true);
          expect(list.some(({ startPort, endPort }) => startPort <= candidate && candidate <= endPort)).toBe(false);
        }
      }),
    );
  });
});
