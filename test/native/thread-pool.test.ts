// SPDX-License-Identifier: MIT
import { pbkdf2 } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterEach, expect, it } from 'vitest';
import {
  createPersistentTcpPortReservation,
  deletePersistentTcpPortReservation,
  lookupPersistentTcpPortReservation,
  lookupPersistentUdpPortReservation,
} from 'win-port-reservation';
import { askMachineServer, expectFailure, freeBlock } from '../contract/ring.js';
import { acquireCall, holdNext, letGo, lookAtMachine, startNativeChild, tracesSince } from './child-process.js';

afterEach(letGo);

/** Starts calls that stay in Windows until they are released; tells how many of them have ended. */
async function startSlowCalls(count: number): Promise<{ ended: () => number; all: Promise<unknown> }> {
  let ended = 0;
  await holdNext('LookupPersistentTcpPortReservation', count);
  const calls = Array.from({ length: count }, () => lookupPersistentTcpPortReservation(1, 1).catch(() => (ended += 1)));
  return { ended: () => ended, all: Promise.all(calls) };
}

it('takes no thread from other work on the pool of libuv', async () => {
  const { ended, all } = await startSlowCalls(16);
  const others = Array.from({ length: 8 }, () => [
    readFile('package.json'),
    promisify(pbkdf2)('password', 'salt', 1000, 32, 'sha256'),
  ]);
  await Promise.all(others.flat());
  expect(ended()).toBe(0);
  await letGo();
  await all;
  expect(ended()).toBe(16);
});

it('lets calls overtake any number of calls that stay in Windows', async () => {
  const { ended, all } = await startSlowCalls(16);
  for (let call = 0; call < 8; call += 1) {
    await expectFailure(lookupPersistentUdpPortReservation(1, 1), { code: 'ERROR_NOT_FOUND' });
  }
  expect(ended()).toBe(0);
  await letGo();
  await all;
});

it('answers each of several calls about one block, in whatever order Windows gets them', async () => {
  const startPort = await freeBlock(1);
  const isGone = { code: 'ERROR_NOT_FOUND', startPort };
  for (let round = 0; round < 50; round += 1) {
    const created = createPersistentTcpPortReservation(startPort, 1);
    const looked = lookupPersistentTcpPortReservation(startPort, 1);
    const deleted = deletePersistentTcpPortReservation(startPort, 1);
    const [token, found, end] = await Promise.allSettled([created, looked, deleted]);
    // The others may overtake a call that takes long.
    if (found.status === 'fulfilled') expect(found.value).toBe(await created);
    else expect(found.reason).toMatchObject(isGone);
    expect(token.status).toBe('fulfilled');
    if (end.status === 'fulfilled') continue;
    expect(end.reason).toMatchObject(isGone);
    await deletePersistentTcpPortReservation(startPort, 1);
  }
});

it('settles ten thousand calls that are made at once', async () => {
  const count = 10_000;
  const calls = Array.from({ length: count }, (_, index) => lookupPersistentUdpPortReservation(1 + index, 1));
  const outcomes = await Promise.allSettled(calls);
  const failures = outcomes.map((outcome) => (outcome.status === 'rejected' ? (outcome.reason as unknown) : undefined));
  // Each promise has the error of its own call.
  failures.forEach((error, index) => {
    expect(error).toMatchObject({ code: 'ERROR_NOT_FOUND', startPort: 1 + index });
  });
});

it('drops calls that wait behind others when a worker thread is terminated', async () => {
  await askMachineServer('takeCalls', []);
  const before = await lookAtMachine();
  const calls = 5000;
  const child = startNativeChild('end-thread-in-calls.mjs', [calls]);
  expect(await child.next()).toBe('terminated');
  const made = (await askMachineServer('takeCalls', [])) as { call: string }[];
  const acquired = made.filter(({ call }) => call === acquireCall).length;
  expect(acquired).toBeGreaterThan(0);
  expect(acquired).toBeLessThan(calls);
  await letGo();
  await expect.poll(() => tracesSince(before)).toEqual({ processes: 1, sockets: 0, reservations: 0 });
  expect(await child.finish()).toBe(0);
});

it.each([
  ['a worker thread', 'end-thread-in-calls.mjs', [1], 0],
  ['a process', 'end-in-stuck-call.mjs', [], 7],
] as const)('%s ends although a call never comes back', async (_, script, args, exitCode) => {
  const child = startNativeChild(script, args);
  await child.next();
  expect(await child.finish()).toBe(exitCode);
  expect(child.stderr()).toBe('');
});
