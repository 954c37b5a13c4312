// SPDX-License-Identifier: MIT
// Loads a copy of the addon in worker threads only, and terminates them while their calls are under way:
// unload.mjs folder threads
import { once } from 'node:events';
import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { report, udp } from './addon.mjs';

if (isMainThread) {
  const [folder, threads] = process.argv.slice(2);
  // Use a copy with another name, because the addon itself is already loaded.
  const file = path.join(folder, 'of-workers.node');
  copyFileSync(process.env.WPR_ADDON, file);
  const { isLoaded } = globalThis[Symbol.for('win-port-reservation.stand-in')];
  const loaded = [isLoaded('of-workers.node')];
  for (let thread = 0; thread < threads; thread += 1) {
    const worker = new Worker(new URL(import.meta.url), { workerData: file });
    await once(worker, 'message');
    await worker.terminate();
    loaded.push(isLoaded('of-workers.node'));
  }
  await report(loaded);
} else {
  const copy = { exports: {} };
  process.dlopen(copy, workerData);
  for (let call = 0; call < 100; call += 1) void copy.exports.listPortOwners(udp.protocol, 0);
  parentPort.postMessage('calls');
}
