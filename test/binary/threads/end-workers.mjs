// SPDX-License-Identifier: MIT
// Ends worker threads, half of them in the middle of calls, and prints which of their threadsafe functions are left:
// end-workers.mjs addon threads
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { Worker, isMainThread, parentPort } from 'node:worker_threads';

const { sleep, alive } = createRequire(import.meta.url)(process.argv[2]);

async function run() {
  const before = alive();
  for (let thread = 0; thread < Number(process.argv[3]); thread += 1) {
    const worker = new Worker(new URL(import.meta.url), { argv: process.argv.slice(2) });
    const exited = once(worker, 'exit');
    await once(worker, 'message');
    if (thread % 2 === 0) await worker.terminate();
    else worker.postMessage('end');
    await exited;
  }
  console.log(JSON.stringify({ before, left: alive() - before }));
}

if (isMainThread) {
  void run();
} else {
  for (let call = 0; call < 20; call += 1) void sleep(1);
  parentPort.once('message', () => undefined);
  void sleep(0).then(() => parentPort.postMessage('calls'));
}
