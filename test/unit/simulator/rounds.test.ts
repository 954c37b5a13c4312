// SPDX-License-Identifier: MIT
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { listen, RuntimePortReservation } from '../../../src/index.js';
import { install, SimulatedWindows } from '../../../src/simulator/index.js';

it('10,000 rounds of listen and close leave no socket, no handle and no listener', async () => {
  const windows = new SimulatedWindows();
  const simulation = install(windows);
  const reservation = await RuntimePortReservation.acquire({ protocol: 'tcp', numberOfPorts: 2 });
  const resources = process.getActiveResourcesInfo().length;
  const controller = new AbortController();
  // It uses the same server and the same signal each time, so that a leftover per round would add up.
  const server = createServer();
  for (let round = 0; round < 10_000; round += 1) {
    await listen(server, reservation, { host: '127.0.0.1', signal: controller.signal });
    const closed = once(server, 'close');
    server.close();
    await closed;
  }
  await setImmediate();
  expect(windows.save().sockets).toHaveLength(1);
  expect(process.getActiveResourcesInfo().length).toBeLessThanOrEqual(resources);
  expect(server.eventNames().flatMap((name) => server.listeners(name as string))).toEqual([]);
  await reservation.release();
  expect(windows.save().sockets).toEqual([]);
  simulation.uninstall();
});
