// SPDX-License-Identifier: MIT
import { isDeepStrictEqual } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ReservationSocket, RuntimePortReservation, type PortBlock } from '../../../src/index.js';
import { listLiveBlocks } from '../../../src/calls/live-blocks.js';
import { install, SimulatedWindows, type Installation } from '../../../src/simulator/index.js';
import { collectUntil } from '../../shared/collect-until.js';

let simulation: Installation;
/** Blocks that tests of other files in this process dropped, and that are not garbage-collected yet. */
let others: PortBlock[];
const ownBlocks = () => listLiveBlocks().filter((block) => !others.some((other) => isDeepStrictEqual(block, other)));

beforeEach(() => {
  others = listLiveBlocks();
  simulation = install(new SimulatedWindows());
});
afterEach(() => {
  simulation.uninstall();
  expect(ownBlocks()).toEqual([]);
});

const block = { protocol: 'udp', startPort: 7000, numberOfPorts: 3 } as const;

it('a runtime reservation is known until it is released', async () => {
  const reservation = await RuntimePortReservation.acquire(block);
  expect(ownBlocks()).toEqual([block]);
  await reservation.release();
});

it('the blocks of a socket are known until each is released, or it is closed', async () => {
  const socket = await ReservationSocket.open({ protocol: 'udp' });
  const { token } = await socket.acquirePortReservation(block);
  await socket.acquirePortReservation({ startPort: 8000, numberOfPorts: 1 });
  await socket.releasePortReservation(token);
  expect(ownBlocks()).toEqual([{ protocol: 'udp', startPort: 8000, numberOfPorts: 1 }]);
  await socket.close();
});

it.each([
  ['a socket', async () => (await ReservationSocket.open({ protocol: 'udp' })).acquirePortReservation(block)],
  ['a reservation', () => RuntimePortReservation.acquire(block)],
])('the blocks of %s without references are forgotten', async (_, acquire) => {
  await acquire();
  expect(ownBlocks()).toEqual([block]);
  await collectUntil(() => ownBlocks().length === 0);
});
