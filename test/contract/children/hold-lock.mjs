// SPDX-License-Identifier: MIT
// A process or a worker thread that takes a lock, says so, and keeps it without ever giving the event loop a turn.
import { writeSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { takeFileLock } from '../../../dist/simulator/file/file-lock.js';

takeFileLock(parentPort ? workerData : process.argv[2]);
if (parentPort) parentPort.postMessage('taken');
else writeSync(1, '"taken"\n');
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
