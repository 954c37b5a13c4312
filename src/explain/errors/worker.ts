// SPDX-License-Identifier: MIT
// Explains one error for a thread that waits. Modules are imported inside the try, so that a failed import ends the wait.
import { workerData } from 'node:worker_threads';
import type { SharedMachine } from '../../simulator/machine-access.js';
import type { Errand } from './ask-worker.js';

const errand = workerData as Errand;
const { done, machine, reply } = errand;
try {
  if (machine) {
    const { joinMachine } = await import('../../simulator/shared-machine.js');
    joinMachine(machine as SharedMachine);
  }
  const { answerErrand } = await import('./answer-errand.js');
  reply.postMessage(await answerErrand(errand));
} finally {
  Atomics.store(done, 0, 1);
  Atomics.notify(done, 0);
}
