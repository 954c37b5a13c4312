// SPDX-License-Identifier: MIT
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { searchFreePorts, type Begin, type Claim } from '../../../src/search/search-windows.js';
import type { PortRange } from '../../../src/common/ports.js';
import { PortMap } from '../../../src/search/port-map.js';
import type { PortSpan } from '../../../src/common/port-ranges.js';

// Tests the search on machines that are small enough to check every window, and on large ones with few taken ports.

interface Machine {
  readonly bounds: PortSpan;
  readonly numberOfPorts: number;
  readonly excluded: readonly PortSpan[];
  /** Ports that are refused and in no list. */
  readonly unlisted: readonly PortSpan[];
  /** Ports that can be bound but are refused when the whole window is claimed. */
  readonly unclaimable: readonly PortSpan[];
  readonly avoided: readonly PortRange[];
  /** The start of the search; undefined for the lowest port. */
  readonly choice: number | undefined;
}

function covers(spans: readonly PortSpan[], port: number): boolean {
  return spans.some(({ startPort, endPort }) => startPort <= port && port <= endPort);
}

/** Searches, with every bind counted. */
async function run(machine: Machine, begin?: Begin, preferred: readonly number[] = []) {
  const { bounds, numberOfPorts, excluded, unlisted, unclaimable, avoided, choice } = machine;
  const ports = new PortMap();
  for (const span of excluded) ports.markSpan(span, 'excluded');
  const binds = new Map<number, number>();
  let underWay = 0;
  let mostUnderWay = 0;
  const found = await searchFreePorts<number>({
    bounds,
    numberOfPorts,
    ports,
    avoided,
    begin: begin ?? (choice === undefined ? undefined : { choice }),
    preferred,
    async isFree(port) {
      binds.set(port, (binds.get(port) ?? 0) + 1);
      underWay += 1;
      mostUnderWay = Math.max(mostUnderWay, underWay);
      await Promise.resolve();
      underWay -= 1;
      return !covers(unlisted, port);
    },
    claim(startPort): Promise<Claim<number>> {
      const window = windowAt(startPort, numberOfPorts);
      const obstacle = window.findLast((port) => covers(unclaimable, port));
      return Promise.resolve(obstacle === undefined ? { result: startPort } : { obstacle });
    },
  });
  return { found, binds, mostUnderWay };
}

function windowAt(startPort: number, numberOfPorts: number): number[] {
  return Array.from({ length: numberOfPorts }, (_, index) => startPort + index);
}

/** Lists every free window by brute force. */
function freeWindows({ bounds, numberOfPorts, excluded, unlisted, unclaimable }: Machine): number[] {
  const taken = [...excluded, ...unlisted, ...unclaimable];
  const starts: number[] = [];
  for (let start = bounds.startPort; start + numberOfPorts - 1 <= bounds.endPort; start += 1) {
    if (!windowAt(start, numberOfPorts).some((port) => covers(taken, port))) starts.push(start);
  }
  return starts;
}

function isPreferred({ numberOfPorts, avoided }: Machine, startPort: number): boolean {
  const spans = avoided.map((range) => ({ startPort: range.startPort, endPort: endOf(range) }));
  return !windowAt(startPort, numberOfPorts).some((port) => covers(spans, port));
}

function endOf({ startPort, numberOfPorts }: PortRange): number {
  return startPort + numberOfPorts - 1;
}

const smallSpan = fc
  .record({ startPort: fc.integer({ min: 1, max: 150 }), length: fc.integer({ min: 1, max: 40 }) })
  .map(({ startPort, length }) => ({ startPort, endPort: Math.min(startPort + length - 1, 150) }));
const shortSpan = fc.integer({ min: 1, max: 150 }).map((port) => ({ startPort: port, endPort: port }));
const spans = fc.array(fc.oneof(smallSpan, shortSpan, shortSpan), { maxLength: 12 });
const choice = fc.option(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { nil: undefined });

const smallMachine: fc.Arbitrary<Machine> = fc.record({
  bounds: fc
    .tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 90, max: 150 }))
    .map(([startPort, endPort]) => ({ startPort, endPort })),
  numberOfPorts: fc.integer({ min: 1, max: 30 }),
  excluded: spans,
  unlisted: spans,
  unclaimable: fc.oneof(fc.constant([]), spans),
  avoided: fc.array(
    smallSpan.map(({ startPort, endPort }) => ({ startPort, numberOfPorts: endPort - startPort + 1 })),
    { maxLength: 2 },
  ),
  choice,
});

describe('the search for free ports', () => {
  it('finds ports if there are any, and only free ones', async () => {
    await fc.assert(
      fc.asyncProperty(smallMachine, async (machine) => {
        const { found } = await run(machine);
        const windows = freeWindows(machine);
        if (windows.length === 0) expect(found).toBeUndefined();
        else expect(windows).toContain(found);
      }),
      { numRuns: 2000 },
    );
  });

  it('takes avoided ports only when nothing else is left', async () => {
    await fc.assert(
      fc.asyncProperty(smallMachine, async (machine) => {
        const { found } = await run(machine);
        const hasOther = freeWindows(machine).some((start) => isPreferred(machine, start));
        if (found !== undefined) expect(isPreferred(machine, found)).toBe(hasOther);
      }),
      { numRuns: 2000 },
    );
  });

  it('finds the lowest ports when it starts at the lowest, if the lists are right', async () => {
    await fc.assert(
      fc.asyncProperty(smallMachine, async (any) => {
        const machine = { ...any, unlisted: [], unclaimable: [], choice: undefined };
        const windows = freeWindows(machine);
        const preferred = windows.filter((start) => isPreferred(machine, start));
        expect((await run(machine)).found).toBe((preferred.length > 0 ? preferred : windows)[0]);
      }),
    );
  });

  it('begins at the port that it is given, and goes round', async () => {
    await fc.assert(
      fc.asyncProperty(smallMachine, fc.integer({ min: 1, max: 160 }), async (any, port) => {
        const machine = { ...any, unlisted: [], unclaimable: [], avoided: [] };
        const windows = freeWindows(machine);
        const expected = windows.find((start) => start >= port) ?? windows[0];
        expect((await run(machine, { port })).found).toBe(expected);
      }),
    );
  });

  it('tries what is preferred first, wherever it is', async () => {
    const preferred = fc.array(fc.integer({ min: 1, max: 180 }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(smallMachine, preferred, async (machine, ports) => {
        const everywhere = { ...machine, bounds: { startPort: 1, endPort: 300 } };
        const windows = freeWindows(everywhere);
        const { found } = await run(machine, undefined, ports);
        const first = ports.find((port) => windows.includes(port));
        if (first === undefined) expect(found === undefined || freeWindows(machine).includes(found)).toBe(true);
        else expect(found).toBe(first);
      }),
    );
  });

  it('binds no port that is listed or out of bounds, each free port once, and at most eight at a time', async () => {
    await fc.assert(
      fc.asyncProperty(smallMachine, async (machine) => {
        const { binds, mostUnderWay } = await run(machine);
        for (const [port, times] of binds) {
          expect(covers(machine.excluded, port)).toBe(false);
          expect(covers([machine.bounds], port)).toBe(true);
          expect(times).toBeLessThanOrEqual(covers([...machine.unlisted, ...machine.unclaimable], port) ? 3 : 1);
        }
        expect(mostUnderWay).toBeLessThanOrEqual(8);
      }),
      { numRuns: 1000 },
    );
  });
});

const bounds = { startPort: 1024, endPort: 65_535 };
const wideMachine = { bounds, unlisted: [], unclaimable: [], avoided: [] };

describe('the number of binds', () => {
  it('is the number of ports, regardless of the lists', async () => {
    const wideSpan = fc
      .record({ startPort: fc.integer({ min: 1024, max: 65_535 }), length: fc.integer({ min: 1, max: 3000 }) })
      .map(({ startPort, length }) => ({ startPort, endPort: Math.min(startPort + length - 1, 65_535) }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(wideSpan, { maxLength: 300 }),
        fc.integer({ min: 1, max: 200 }),
        choice,
        async (excluded, numberOfPorts, from) => {
          const { found, binds } = await run({ ...wideMachine, excluded, numberOfPorts, choice: from });
          if (found === undefined) expect(binds.size).toBe(0);
          else expect([...binds.keys()].sort((a, b) => a - b)).toEqual(windowAt(found, numberOfPorts));
        },
      ),
      { numRuns: 50 },
    );
  });

  it('grows with the logarithm of the width of an unlisted region', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1024, max: 40_000 }),
        fc.integer({ min: 1, max: 25_000 }),
        fc.integer({ min: 1, max: 200 }),
        choice,
        async (startPort, width, numberOfPorts, from) => {
          const unlisted = [{ startPort, endPort: startPort + width - 1 }];
          const { found, binds } = await run({ ...wideMachine, excluded: [], unlisted, numberOfPorts, choice: from });
          expect(found).toBeDefined();
          // The found window, the window in which the region begins, 8 windows before the steps double, and the end.
          const total = [...binds.values()].reduce((sum, times) => sum + times, 0);
          expect(total).toBeLessThanOrEqual(2 * numberOfPorts + 8 + Math.ceil(Math.log2(width)) + 2);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is 20 for one port behind the 4096 that WSL holds', async () => {
    const unlisted = [{ startPort: 1024, endPort: 1024 + 4095 }];
    const { found, binds } = await run({ ...wideMachine, excluded: [], unlisted, numberOfPorts: 1, choice: undefined });
    expect(found).toBeGreaterThan(1024 + 4095);
    expect(binds.size).toBe(20);
  });
});

describe('growing steps', () => {
  it('try the end of a run before leaving it', async () => {
    const unlisted = [{ startPort: 3000, endPort: 7990 }];
    const narrow = { ...wideMachine, bounds: { startPort: 3000, endPort: 8000 }, excluded: [], unlisted };
    const { found, binds } = await run({ ...narrow, numberOfPorts: 5, choice: undefined });
    expect(found).toBe(7996);
    expect(binds.size).toBeLessThan(30);
  });
});

describe('the second pass', () => {
  it('tries the refused ports again', async () => {
    const refusedOnce = new Set<number>();
    const found = await searchFreePorts<number>({
      bounds: { startPort: 5000, endPort: 5003 },
      numberOfPorts: 4,
      ports: new PortMap(),
      avoided: [],
      isFree(port) {
        if (port !== 5001 || refusedOnce.has(port)) return Promise.resolve(true);
        refusedOnce.add(port);
        return Promise.resolve(false);
      },
      claim: (result) => Promise.resolve({ result }),
    });
    expect([found, refusedOnce.size]).toEqual([5000, 1]);
  });

  it('reaches the ports that the first has skipped', async () => {
    // Only one port in the middle is free, and growing steps jump over it.
    const unlisted = [
      { startPort: 1024, endPort: 20_000 },
      { startPort: 20_002, endPort: 65_535 },
    ];
    const { found } = await run({ ...wideMachine, excluded: [], unlisted, numberOfPorts: 1, choice: 0.7 });
    expect(found).toBe(20_001);
  });
});

describe('a bind that fails for another reason', () => {
  it('ends the search with its error, after the binds that are under way', async () => {
    let underWay = 0;
    const search = searchFreePorts<number>({
      bounds,
      numberOfPorts: 20,
      ports: new PortMap(),
      avoided: [],
      async isFree(port) {
        underWay += 1;
        await new Promise(setImmediate);
        underWay -= 1;
        if (port === 1040) throw new Error('as the test wants it');
        return true;
      },
      claim: (result) => Promise.resolve({ result }),
    });
    await expect(search).rejects.toThrow('as the test wants it');
    expect(underWay).toBe(0);
  });
});
