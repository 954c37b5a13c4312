// SPDX-License-Identifier: MIT
// Runs a whole program on a simulated machine: node --import win-port-reservation/simulate app.js
//
//   WIN_PORT_RESERVATION_MACHINE    the file that the machine lives in; default one per user in the temporary folder
//   WIN_PORT_RESERVATION_ELEVATED   0 for a process that is not elevated; default 1
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isMainThread, type Worker } from 'node:worker_threads';
import { installAccess } from './install.js';
import { MachineFile } from './machine-file.js';

const { WIN_PORT_RESERVATION_MACHINE: file, WIN_PORT_RESERVATION_ELEVATED: elevated } = process.env;
const user = process.getuid?.() ?? process.env['USERNAME'] ?? 'user';
const defaultFile = path.join(tmpdir(), `win-port-reservation-${user}.json`);

// An empty variable is one that is not set.
const machine = new MachineFile(file === undefined || file === '' ? defaultFile : file, elevated !== '0');

// Threads of this process come and go on the machine with it.
if (isMainThread) {
  // What an earlier process with our id may have left.
  machine.leave();
  process.once('exit', () => {
    machine.leave();
  });
}
installAccess(machine);

// The sockets of a worker thread end with it, also when it is terminated and has no say any more.
process.on('worker', (worker: Worker) => {
  const { threadId } = worker;
  worker.once('exit', () => {
    machine.transact((process) => {
      process.endThread(threadId);
    });
  });
});
