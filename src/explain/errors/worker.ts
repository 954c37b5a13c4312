// SPDX-License-Identifier: MIT
// Explains one error for a thread that waits. Modules are imported inside the try, so that a failed import ends the wait.
import { workerData } from 'node:worker_threads';
import type { SharedMachine } from '../../simulator/machine-access.js';
import type { Answer, Errand } from './ask-worker.js';

const { done, error, limitMs, machine, ownBlocks, protocol, reply } = workerData as Errand;
try {
  if (machine) {
    const { joinMachine } = await import('../../simulator/shared-machine.js');
    joinMachine(machine as SharedMachine);
  }
  // Ends before the waiting thread gives up.
  const { limitNetsh } = await import('../../windows/binding.js');
  limitNetsh(Math.ceil(limitMs / 2));
  const { takeErrorProperties } = await import('../facts/error-properties.js');
  const { readError } = await import('../facts/question.js');
  const { explain } = await import('../explain.js');
  const { printBriefly } = await import('./print.js');
  const explanation = await explain(readError(error, takeErrorProperties(error), protocol), { ownBlocks, limitMs });
  reply.postMessage({ explanation, text: printBriefly(explanation) } satisfies Answer);
} finally {
  Atomics.store(done, 0, 1);
  Atomics.notify(done, 0);
}
