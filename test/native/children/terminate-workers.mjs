// SPDX-License-Identifier: MIT
// Terminates worker threads while their calls are under way: terminate-workers.mjs count
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { report } from './addon.mjs';
import { handlesLeftByEach } from './handles.mjs';

const worker = new URL('busy-worker.mjs', import.meta.url);

/** @param {'online' | 'message'} when Before it loads the addon, or once it makes calls. */
async function terminateOne(when, delayMs) {
  const thread = new Worker(worker);
  const failed = once(thread, 'error').then(([error]) => Promise.reject(error));
  await Promise.race([once(thread, when), failed]);
  await setTimeout(delayMs);
  await thread.terminate();
}

const count = Number(process.argv[2]);
// Do not count these: Node 20 itself may lose a handle of a thread that is terminated while it loads modules.
for (let index = 0; index < count / 4; index += 1) await terminateOne('online', (index % 20) * 3);
const newHandles = await handlesLeftByEach(async () => {
  // Terminates them at any time from their first calls to sockets in all states.
  for (let index = 0; index < count; index += 1) await terminateOne('message', (index % 10) * 2);
});
await report({ terminated: count, newHandles });
// Stay alive until told to end, so that the machine is asked about a running process.
process.stdin.resume();
