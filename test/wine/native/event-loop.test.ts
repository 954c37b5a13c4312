// SPDX-License-Identifier: MIT
import { expect, it } from 'vitest';
import { lookupPersistentTcpPortReservation, lookupPersistentUdpPortReservation } from 'win-port-reservation';
import { expectFailure, freeBlock, onMachine } from '../../contract/ring.js';

const delayMs = 500;
const timerMs = 10;

it('a call that waits in Windows holds up neither timers nor another call', async () => {
  const startPort = await freeBlock(1);
  await onMachine('delayNext', 'LookupPersistentTcpPortReservation', delayMs);
  let ticks = 0;
  const timer = setInterval(() => (ticks += 1), timerMs);
  const start = performance.now();
  const timeOf = async (call: Promise<unknown>) => {
    await expectFailure(call, { code: 'ERROR_NOT_FOUND' });
    return { milliseconds: performance.now() - start, ticks };
  };
  const [slow, quick] = await Promise.all([
    timeOf(lookupPersistentTcpPortReservation(startPort, 1)),
    timeOf(lookupPersistentUdpPortReservation(startPort, 1)),
  ]);
  clearInterval(timer);
  expect(slow.milliseconds).toBeGreaterThan(delayMs / 3);
  expect(quick.milliseconds).toBeLessThan(delayMs / 3);
  // Windows' timers have a grain of 16 ms, so that a third of the ideal is what can be asked for.
  expect(slow.ticks).toBeGreaterThan(delayMs / timerMs / 3);
});
