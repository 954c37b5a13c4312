// SPDX-License-Identifier: MIT
import { setTimeout } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { lookupPersistentTcpPortReservation, lookupPersistentUdpPortReservation } from 'win-port-reservation';
import { expectFailure, freeBlock } from '../contract/ring.js';
import { expectHeld, holdNext, letGo } from './child-process.js';

afterEach(letGo);

it('a call that waits in Windows delays neither timers nor another call', async () => {
  const startPort = await freeBlock(1);
  await holdNext('LookupPersistentTcpPortReservation');
  let isSettled = false;
  const slow = expectFailure(lookupPersistentTcpPortReservation(startPort, 1), { code: 'ERROR_NOT_FOUND' });
  void slow.finally(() => (isSettled = true));
  await expectHeld(1);
  await setTimeout(10);
  await expectFailure(lookupPersistentUdpPortReservation(startPort, 1), { code: 'ERROR_NOT_FOUND' });
  expect(isSettled).toBe(false);
  await letGo();
  await slow;
});
