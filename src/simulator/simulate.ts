// SPDX-License-Identifier: MIT
// Runs a whole program on a simulated machine: node --import win-port-reservation/simulate app.js
//
// WIN_PORT_RESERVATION_MACHINE    the file of the machine; default a file in a folder of the user
// WIN_PORT_RESERVATION_ELEVATED   0 makes the process not elevated; default 1
import { isMainThread, type Worker } from 'node:worker_threads';
import { machineFileOf } from './file/default-machine-file.js';
import { installAccess } from './install.js';
import { MachineFile } from './file/machine-file.js';

const machine = new MachineFile(machineFileOf(process.env), process.env['WIN_PORT_RESERVATION_ELEVATED'] !== '0');

// Only the main thread enters and leaves the machine, for the whole process.
if (isMainThread) {
  machine.enter();
  process.once('exit', () => {
    try {
      machine.leave();
    } catch {
      // Throwing would change the exit code of the process. The next process on the machine frees the ports of one that
      // has ended.
    }
  });
}
installAccess(machine);

// Ends the sockets of a worker thread with it, also when it is terminated and cannot close them itself.
process.on('worker', (worker: Worker) => {
  const { threadId } = worker;
  worker.once('exit', () => {
    machine.settle((process) => {
      process.endThread(threadId);
    });
  });
});
