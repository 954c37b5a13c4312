// SPDX-License-Identifier: MIT
import { expect, it } from 'vitest';
import { handlesOfStandInLocks, lookAtMachine, startNativeChild, tracesSince } from './child-process.js';

const cycles = 10_000;

it.each([
  ['closed', 'that acquire, release and are closed'],
  ['collected', 'that are dropped without being closed'],
  ['failed', 'that could not be associated or bound while they were opened'],
])(
  '%s: ten thousand sockets %s leave no handle, no socket and no reservation behind',
  async (kind) => {
    const before = await lookAtMachine();
    const child = startNativeChild('leaks.mjs', [kind, cycles]);
    const report = await child.next<{ cycles: number; leakedHandles: number }>();
    expect(report.cycles).toBe(cycles);
    expect(report.leakedHandles).toBeGreaterThanOrEqual(0);
    expect(report.leakedHandles).toBeLessThanOrEqual(handlesOfStandInLocks);
    expect(await tracesSince(before)).toEqual({ processes: 1, sockets: 0, reservations: 0 });
    expect(await child.finish()).toBe(0);
  },
  60_000,
);
