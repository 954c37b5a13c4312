// SPDX-License-Identifier: MIT
// Terminates a worker thread in the middle of its calls, which never return: end-thread-in-calls.mjs calls
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { addon, anyBlock, askMachine, report, tcp } from './addon.mjs';

if (isMainThread) {
  const calls = Number(process.argv[2]);
  await askMachine('holdNext', 'WSAIoctl(SIO_ACQUIRE_PORT_RESERVATION)', calls);
  const thread = new Worker(new URL(import.meta.url), { workerData: calls });
  await once(thread, 'message');
  while ((await askMachine('countHeld')) === 0) await setTimeout(10);
  await thread.terminate();
  await report('terminated');
  // Stay alive until told to end, so that the machine is asked about a running process.
  process.stdin.resume();
} else {
  for (let call = 0; call < workerData; call += 1) void addon.openSocket({ ...tcp, acquire: anyBlock(1) });
  parentPort.postMessage('calls');
}
