// SPDX-License-Identifier: MIT
import { PortReservationError } from '../common/errors.js';
import { PersistentPortReservation } from '../reservations/persistent.js';
import type { PortBlock } from '../common/ports.js';

/** Whether a block is a persistent reservation: Windows knows one by its very numbers only. */
export async function isPersistent(block: PortBlock): Promise<boolean> {
  try {
    await PersistentPortReservation.lookup(block);
    return true;
  } catch (error) {
    if (error instanceof PortReservationError && error.code === 'ERROR_NOT_FOUND') return false;
    throw error;
  }
}
