// SPDX-License-Identifier: MIT
// Terminates worker threads while their calls are under way: terminate-workers.mjs count
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { handleCount, openEveryConnection, report } from './addon.mjs';

const worker = new URL('busy-worker.mjs', import.meta.url);
const warmUps = 10;

async function terminateOne(index) {
  const thread = new Worker(worker);
  const failed = once(thread, 'error').then(([error]) => Promise.reject(error));
  // Every fourth while it loads the addon, the others from their very first calls to sockets in all states.
  await Promise.race([once(thread, index % 4 === 0 ? 'online' : 'message'), failed]);
  await setTimeout((index % 20) * 2);
  await thread.terminate();
}

const count = Number(process.argv[2]);
await openEveryConnection();
for (let index = 0; index < warmUps; index += 1) await terminateOne(index);
const before = handleCount();
for (let index = 0; index < count; index += 1) await terminateOne(index);
await report({ terminated: count, newHandles: handleCount() - before });
// Alive until told to end, so that the machine is asked about a process that still runs.
process.stdin.resume();
