// SPDX-License-Identifier: MIT
// Terminates a worker thread in the middle of its calls: end-thread-in-calls.mjs calls [delayMs]
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { addon, anyBlock, askMachine, report, tcp } from './addon.mjs';

if (isMainThread) {
  const [calls, delayMs] = process.argv.slice(2).map(Number);
  if (delayMs) await askMachine('delayNext', 'WSAIoctl(SIO_ACQUIRE_PORT_RESERVATION)', delayMs, calls);
  const thread = new Worker(new URL(import.meta.url), { workerData: calls });
  await once(thread, 'message');
  await setTimeout(100);
  await thread.terminate();
  await report('terminated');
  // Alive until told to end, so that the machine is asked about a process that still runs.
  process.stdin.resume();
} else {
  for (let call = 0; call < workerData; call += 1) void addon.openSocket({ ...tcp, acquire: anyBlock(1) });
  parentPort.postMessage('calls');
}
