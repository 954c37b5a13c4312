// SPDX-License-Identifier: MIT
import { PortReservationError } from 'win-port-reservation';

/** A question that this run cannot answer, and why. */
export class Unanswered extends Error {}

/**
 * The error number that a call of Windows ends with, or 0 where it succeeds.
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
    // netsh may say it in words that stand for no number.
    if (error.errno === undefined) throw new Unanswered(error.message);
    return error.errno;
  }
}
