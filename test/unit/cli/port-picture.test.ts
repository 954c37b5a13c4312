// SPDX-License-Identifier: MIT
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  countPorts,
  drawPortPicture,
  largestFreeRuns,
  type PortPictureSources,
} from '../../../src/cli/map/port-picture.js';
import type { KnownRange, RangeKind } from '../../../src/cli/range-kinds.js';
import type { PortOwner, TcpState } from '../../../src/calls/port-owners.js';
import { lengthOf } from '../../../src/common/port-ranges.js';
import { portsFrom } from '../../shared/ports-from.js';

const nothing: PortPictureSources = {
  protocol: 'tcp',
  dynamicPortRange: { startPort: 49_152, numberOfPorts: 16_384 },
  ranges: [],
  guests: [],
  owners: [],
};

function range(kind: RangeKind, startPort: number, endPort: number): KnownRange {
  return { protocol: 'tcp', ...portsFrom(startPort, endPort), administered: kind === 'administered', kind };
}

function owner(port: number, processId: number, state: TcpState = 'LISTEN', imageName = 'a.exe'): PortOwner {
  return { protocol: 'tcp', port, address: '0.0.0.0', state, processId, imageName, serviceNames: [] };
}

describe('the picture of the ports', () => {
  it('of an empty machine has two runs: free, and free but handed out', () => {
    expect(drawPortPicture(nothing).runs).toEqual([
      { startPort: 1, endPort: 49_151, kind: 'free', dynamic: false },
      { startPort: 49_152, endPort: 65_535, kind: 'free', dynamic: true },
    ]);
  });

  it('gives each port its most important state and its range', () => {
    const sources = {
      ...nothing,
      guests: [portsFrom(100, 109)],
      ranges: [range('reserved', 105, 119), range('administered', 110, 114), range('persistent', 112, 112)],
      owners: [owner(112, 7)],
    };
    const [, ...runs] = drawPortPicture(sources).runs;
    expect(runs.slice(0, -2)).toEqual([
      { startPort: 100, endPort: 104, kind: 'guest', dynamic: false, range: { startPort: 100, endPort: 109 } },
      { startPort: 105, endPort: 109, kind: 'reserved', dynamic: false, range: { startPort: 105, endPort: 119 } },
      { startPort: 110, endPort: 111, kind: 'administered', dynamic: false, range: { startPort: 110, endPort: 114 } },
      { startPort: 112, endPort: 112, kind: 'in-use', dynamic: false, owners: [{ processId: 7, imageName: 'a.exe' }] },
      { startPort: 113, endPort: 114, kind: 'administered', dynamic: false, range: { startPort: 110, endPort: 114 } },
      { startPort: 115, endPort: 119, kind: 'reserved', dynamic: false, range: { startPort: 105, endPort: 119 } },
    ]);
  });

  it('keeps neighboring ranges apart, and splits one where the dynamic range begins', () => {
    const ranges = [range('reserved', 49_000, 49_099), range('reserved', 49_100, 49_199)];
    const { runs } = drawPortPicture({ ...nothing, ranges });
    expect(runs.map(({ startPort, kind, dynamic }) => [startPort, kind, dynamic])).toEqual([
      [1, 'free', false],
      [49_000, 'reserved', false],
      [49_100, 'reserved', false],
      [49_152, 'reserved', true],
      [49_200, 'free', true],
    ]);
  });

  it('names each process of a port once, and leaves out lingering connections', () => {
    const owners = [owner(80, 4), owner(80, 4), owner(80, 9), owner(81, 0, 'TIME_WAIT'), owner(65_535, 3)];
    const used = drawPortPicture({ ...nothing, owners }).runs.filter(({ kind }) => kind === 'in-use');
    expect(used.map(({ startPort, owners: found }) => [startPort, found?.map(({ processId }) => processId)])).toEqual([
      [80, [4, 9]],
      [65_535, [3]],
    ]);
  });

  it('lists the largest free runs, those of the dynamic range separately', () => {
    const picture = drawPortPicture({
      ...nothing,
      ranges: [range('reserved', 10_000, 50_000)],
      owners: [owner(80, 4)],
    });
    const spans = [false, true].map((dynamic) =>
      largestFreeRuns(picture, dynamic).map(({ startPort, endPort }) => [startPort, endPort]),
    );
    expect(spans).toEqual([
      [
        [81, 9_999],
        [1, 79],
      ],
      [[50_001, 65_535]],
    ]);
  });

  it('has every port once on any machine', () => {
    const span = fc
      .tuple(fc.integer({ min: 1, max: 65_535 }), fc.integer({ min: 1, max: 3000 }))
      .map(([startPort, count]) => ({ startPort, endPort: Math.min(65_535, startPort + count - 1) }));
    const kinds = fc.constantFrom<RangeKind[]>('reserved', 'administered', 'persistent');
    const ranges = fc.array(
      fc.tuple(kinds, span).map(([kind, { startPort, endPort }]) => range(kind, startPort, endPort)),
    );
    const owners = fc.array(fc.integer({ min: 1, max: 65_535 }).map((port) => owner(port, 1)));
    fc.assert(
      fc.property(ranges, owners, span, (someRanges, someOwners, { startPort, endPort }) => {
        const dynamicPortRange = { startPort, numberOfPorts: endPort - startPort + 1 };
        const picture = drawPortPicture({ ...nothing, ranges: someRanges, owners: someOwners, dynamicPortRange });
        let next = 1;
        for (const run of picture.runs) {
          expect(run.startPort).toBe(next);
          expect(run.endPort).toBeGreaterThanOrEqual(run.startPort);
          expect(run.dynamic).toBe(run.startPort >= startPort && run.endPort <= endPort);
          next = run.endPort + 1;
        }
        expect(next).toBe(65_536);
        const used = picture.runs.filter(({ kind }) => kind === 'in-use').reduce((sum, run) => sum + lengthOf(run), 0);
        expect(used).toBe(new Set(someOwners.map(({ port }) => port)).size);
        expect(Object.values(countPorts(picture)).reduce((sum, count) => sum + count)).toBe(65_535);
      }),
      { numRuns: 40 },
    );
  });
});
