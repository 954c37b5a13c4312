// SPDX-License-Identifier: MIT
// Runs a whole program on a simulated machine: node --import win-port-reservation/simulate app.js
//
//   WIN_PORT_RESERVATION_MACHINE    the file that the machine lives in; default one in a folder of the user's own
//   WIN_PORT_RESERVATION_ELEVATED   0 for a process that is not elevated; default 1
import { isMainThread, type Worker } from 'node:worker_threads';
import { defaultMachineFile } from './file/default-machine-file.js';
import { installAccess } from './install.js';
import { MachineFile } from './file/machine-file.js';

const { WIN_PORT_RESERVATION_MACHINE: file, WIN_PORT_RESERVATION_ELEVATED: elevated } = process.env;

// An empty variable is one that is not set.
const machine = new MachineFile(file === undefined || file === '' ? defaultMachineFile() : file, elevated !== '0');

// Threads of this process come and go on the machine with it.
if (isMainThread) {
  machine.enter();
  process.once('exit', () => {
    try {
      machine.leave();
    } catch {
      // Throwing would keep the process from exiting. Whoever comes next frees what a process held that has ended.
    }
  });
}
installAccess(machine);

// The sockets of a worker thread end with it, also when it is terminated and has no say any more.
process.on('worker', (worker: Worker) => {
  const { threadId } = worker;
  worker.once('exit', () => {
    machine.settle((process) => {
      process.endThread(threadId);
    });
  });
});
