// SPDX-License-Identifier: MIT
// Runs as a process or a worker thread: takes a lock, prints that it has it, and keeps it while it blocks the event
// loop.
import { writeSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { takeFileLock } from '../../../dist/simulator/file/file-lock.js';

takeFileLock(parentPort ? workerData : process.argv[2]);
if (parentPort) parentPort.postMessage('taken');
else writeSync(1, '"taken"\n');
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
