// SPDX-License-Identifier: MIT
import { hasCode } from '../common/errors.js';
import type { PortBlock } from '../common/ports.js';
import { persistentCalls } from './persistent-calls.js';

/** Tells whether a block is a persistent reservation. Windows finds a reservation only by its exact numbers. */
export async function isPersistent({ protocol, startPort, numberOfPorts }: PortBlock): Promise<boolean> {
  try {
    await persistentCalls[protocol].lookup(startPort, numberOfPorts);
    return true;
  } catch (error) {
    if (hasCode(error, 'ERROR_NOT_FOUND')) return false;
    throw error;
  }
}
