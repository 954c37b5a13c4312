// SPDX-License-Identifier: MIT
import { expect, it } from 'vitest';
import { handlesGiveOrTake, lookAtMachine, startNativeChild, tracesSince } from './child-process.js';

/** Several versions of Node run these tests, and one of them makes all cycles. */
const divisor = Number(process.env['WPR_LEAK_CYCLES_DIVISOR'] ?? 1);

it.each([
  ['closed', 10_000 / divisor, 'sockets that acquire, release and are closed'],
  ['collected', 10_000 / divisor, 'sockets that are dropped without being closed'],
  ['failed', 10_000 / divisor, 'sockets that could not be associated or bound while they were opened'],
  ['owners', 500 / divisor, 'lists of who has a port'],
  ['guests', 1000 / divisor, 'lists of what guests have reserved'],
  ['services', 200 / divisor, 'questions about services and the registry'],
  ['processes', 200 / divisor, 'lists and descriptions of processes'],
])('%s: %i %s leave no handle, no memory, no socket and no reservation behind', async (kind, cycles) => {
  const before = await lookAtMachine();
  const child = startNativeChild('leaks.mjs', [kind, cycles]);
  const report = await child.next<{ cycles: number; leakedHandles: number; leakedMegabytes: number }>();
  expect(report.cycles).toBe(cycles);
  expect(Math.abs(report.leakedHandles)).toBeLessThanOrEqual(handlesGiveOrTake);
  // Losing the smallest table each time would add up to more than this.
  expect(report.leakedMegabytes).toBeLessThan(5);
  expect(await tracesSince(before)).toEqual({ processes: 1, sockets: 0, reservations: 0 });
  expect(await child.finish()).toBe(0);
});
