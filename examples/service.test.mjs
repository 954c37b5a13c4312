// SPDX-License-Identifier: MIT
// Tests a program that uses reservations, with vitest, on any system. Each test has its own simulated Windows, on which
// it can cause events that on a real Windows take Hyper-V, an administrator or a restart.
import http from 'node:http';
import { listen, PersistentPortReservation } from 'win-port-reservation';
import { install, SimulatedWindows } from 'win-port-reservation/simulator';
import { afterEach, beforeEach, expect, it } from 'vitest';

const block = { protocol: 'tcp', startPort: 5000, numberOfPorts: 20 };

/** The program under test: it listens on the first port of its block that works, and gives the reason if none does. */
async function start() {
  try {
    const reservation = await PersistentPortReservation.ensure(block);
    const server = http.createServer();
    await listen(server, reservation, { host: '127.0.0.1' });
    return { server };
  } catch (error) {
    return { failure: `${error.code}: ${error.hint}` };
  }
}

let windows;
let simulation;

beforeEach(() => {
  // The tests run too where the real program, or another one, has these ports of the host.
  windows = new SimulatedWindows({ hostPorts: 'any' });
  simulation = install(windows);
});

afterEach(() => {
  simulation.uninstall();
});

it('reserves its block and listens inside it', async () => {
  const { server } = await start();
  const { port } = server.address();
  expect(port).toBeGreaterThanOrEqual(5000);
  expect(port).toBeLessThanOrEqual(5019);
  server.close();
  expect(windows.persistentReservations('tcp')).toMatchObject([block]);
});

it('finds its block again after Windows has restarted, with another token', async () => {
  await PersistentPortReservation.create(block);
  const [before] = windows.persistentReservations('tcp');
  windows.restart();
  const { server } = await start();
  expect(server.listening).toBe(true);
  server.close();
  expect(windows.persistentReservations('tcp')[0].token).not.toBe(before.token);
});

it('says what to do when Hyper-V has taken a port of its block', async () => {
  windows.addForeignReservation({ protocol: 'tcp', startPort: 4950, numberOfPorts: 100 });
  const { failure } = await start();
  expect(failure).toMatch(/^ERROR_SHARING_VIOLATION: /);
});

it('says that it must be elevated', async () => {
  simulation.uninstall();
  simulation = install(windows, { elevated: false });
  const { failure } = await start();
  expect(failure).toMatch(/^ERROR_ACCESS_DENIED: .*elevated/);
});
