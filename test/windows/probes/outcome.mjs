// SPDX-License-Identifier: MIT
import { PortReservationError } from 'win-port-reservation';

/** Reports a question that this run cannot answer, with the reason. */
export class Unanswered extends Error {}

/**
 * Returns the error number that a call of Windows ends with, or 0 if it succeeds.
 *
 * @param {Promise<unknown>} call
 * @returns {Promise<number>}
 */
export async function numberOf(call) {
  try {
    await call;
    return 0;
  } catch (error) {
    if (!(error instanceof PortReservationError)) throw error;
    // netsh may print text that has no number.
    if (error.errno === undefined) throw new Unanswered(error.message);
    return error.errno;
  }
}
