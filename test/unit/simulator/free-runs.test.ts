// SPDX-License-Identifier: MIT
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PortRange } from '../../../src/common/ports.js';
import { FreeRuns } from '../../../src/simulator/model/free-runs.js';
import { portCount } from '../../../src/common/port-ranges.js';
import { endOf } from '../../../src/simulator/model/port-range.js';
import { countReads } from './helpers.js';

const allPorts = { startPort: 0, numberOfPorts: portCount };

/** Gives the same answers with one counter per port. */
class NaiveRuns {
  readonly #takings = new Array<number>(portCount).fill(0);

  change(range: PortRange, by: number): void {
    for (let port = range.startPort; port < endOf(range); port++) this.#takings[port] = this.#at(port) + by;
  }

  isFree(range: PortRange): boolean {
    for (let port = range.startPort; port < endOf(range); port++) if (this.#at(port) > 0) return false;
    return true;
  }

  find(numberOfPorts: number, within: PortRange, from: number): number | undefined {
    const starts = [];
    let run = 0;
    for (let port = endOf(within) - 1; port >= within.startPort; port--) {
      run = this.#at(port) > 0 ? 0 : run + 1;
      if (run >= numberOfPorts) starts.push(port);
    }
    starts.reverse();
    return starts.find((start) => start >= from) ?? starts[0];
  }

  #at(port: number): number {
    return this.#takings[port] ?? 0;
  }
}

/** Makes ranges near the borders of the tree's nodes, so that they overlap, touch and nest. */
const port = fc.oneof(
  fc.nat({ max: portCount - 1 }),
  fc
    .tuple(fc.constantFrom(0, 64, 16_384, 32_768, 65_535), fc.integer({ min: -8, max: 8 }))
    .map(([place, offset]) => Math.min(portCount - 1, Math.max(0, place + offset))),
);
const range = fc
  .tuple(port, port)
  .map(([one, other]) => ({ startPort: Math.min(one, other), numberOfPorts: Math.abs(one - other) + 1 }));
const length = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: portCount }));

describe('FreeRuns', () => {
  it('answers like one counter per port after any sequence of takes and returns', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ range, isGivenBack: fc.boolean() }), { maxLength: 30 }),
        fc.array(fc.record({ length, within: range, fromShare: fc.double({ min: 0, max: 1, noNaN: true }) }), {
          minLength: 1,
          maxLength: 5,
        }),
        (takings, questions) => {
          const runs = new FreeRuns();
          const naive = new NaiveRuns();
          for (const taking of takings) {
            runs.take(taking.range);
            naive.change(taking.range, 1);
          }
          for (const taking of takings.filter(({ isGivenBack }) => isGivenBack)) {
            runs.giveBack(taking.range);
            naive.change(taking.range, -1);
          }
          for (const question of questions) {
            const { within } = question;
            const from = within.startPort + Math.floor(question.fromShare * (within.numberOfPorts - 1));
            expect(runs.isFree(within)).toBe(naive.isFree(within));
            expect(runs.find(question.length, within, from)).toBe(naive.find(question.length, within, from));
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('has every port free when it is new', () => {
    const runs = new FreeRuns();
    expect(runs.isFree(allPorts)).toBe(true);
    expect(runs.find(portCount, allPorts)).toBe(0);
  });

  it('has every port free when everything was given back', () => {
    const runs = new FreeRuns();
    runs.take(allPorts);
    expect(runs.find(1, allPorts)).toBeUndefined();
    runs.giveBack(allPorts);
    expect(runs.find(portCount, allPorts)).toBe(0);
  });

  it('finds no run longer than the searched range', () => {
    expect(new FreeRuns().find(11, { startPort: 100, numberOfPorts: 10 })).toBeUndefined();
  });

  it('finds the run that is free on both sides of a border between nodes', () => {
    const runs = new FreeRuns();
    runs.take({ startPort: 0, numberOfPorts: 32_760 });
    runs.take({ startPort: 32_776, numberOfPorts: 32_760 });
    expect(runs.find(16, allPorts)).toBe(32_760);
    expect(runs.find(17, allPorts)).toBeUndefined();
  });

  it('wraps around to runs that start before the port it searches from and reach past it', () => {
    const runs = new FreeRuns();
    runs.take({ startPort: 1010, numberOfPorts: 10 });
    expect(runs.find(10, { startPort: 1000, numberOfPorts: 20 }, 1005)).toBe(1000);
  });

  it('frees a port only once it was given back as often as it was taken', () => {
    const runs = new FreeRuns();
    const block = { startPort: 5000, numberOfPorts: 20 };
    const port5001 = { startPort: 5001, numberOfPorts: 1 };
    runs.take(block);
    runs.take(port5001);
    runs.take(port5001);
    runs.giveBack(block);
    expect(runs.isFree(block)).toBe(false);
    runs.giveBack(port5001);
    expect(runs.isFree(port5001)).toBe(false);
    runs.giveBack(port5001);
    expect(runs.isFree(block)).toBe(true);
  });

  it('refuses to give back a range that was not taken', () => {
    expect(() => {
      new FreeRuns().giveBack({ startPort: 80, numberOfPorts: 1 });
    }).toThrow('ports 80 to 80 were not taken as one range');
  });

  it('reads a number of words that is logarithmic in the 65,536 ports, however many are taken', () => {
    // Two paths down 17 levels and the siblings beside them: 68 nodes, of which each reads 8 words at most.
    const limit = 68 * 8;
    const readsOf = countReads(() => {
      const runs = new FreeRuns();
      runs.take(allPorts);
      runs.giveBack(allPorts);
      return runs;
    });
    for (let startPort = 1; startPort < portCount; startPort += 2) {
      const reads = readsOf((runs) => {
        runs.take({ startPort, numberOfPorts: 1 });
      });
      expect(reads).toBeLessThanOrEqual(limit);
    }
    fc.assert(
      fc.property(range, length, (within, numberOfPorts) => {
        expect(readsOf((runs) => runs.isFree(within))).toBeLessThanOrEqual(limit);
        expect(readsOf((runs) => runs.find(numberOfPorts, within))).toBeLessThanOrEqual(2 * limit);
        const changing = readsOf((runs) => {
          runs.take(within);
          runs.giveBack(within);
        });
        expect(changing).toBeLessThanOrEqual(2 * limit);
      }),
    );
  });
});
