// SPDX-License-Identifier: MIT
import { errorCodes } from '../common/error-codes.js';
import { errorFromFailure, isCallFailure } from '../common/errors.js';
import type { PortBlock } from '../common/ports.js';
import { getBinding } from '../windows/binding.js';
import { lookUp } from '../windows/look-up.js';

/** Tells whether a block is a persistent reservation. Windows finds a reservation only by its exact numbers. */
export async function isPersistent({ protocol, startPort, numberOfPorts }: PortBlock): Promise<boolean> {
  const binding = getBinding();
  const block = { protocol, startPort, numberOfPorts };
  const found = await lookUp(binding, block);
  if (!isCallFailure(found)) return true;
  if (found.errorNumber === errorCodes.ERROR_NOT_FOUND.errorNumber) return false;
  throw errorFromFailure(binding, found, block);
}
