// SPDX-License-Identifier: MIT
import { extendError, PortReservationError, type CallContext } from '../common/errors.js';

/**
 * Works for ports. An error about a service, a process or a program does not name the ports that the caller asked for:
 * this adds them, and says what came of the work.
 */
export async function forPorts<Result>(
  { protocol, startPort, numberOfPorts }: CallContext,
  outcome: string,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof PortReservationError) || error.startPort !== undefined) throw error;
    throw extendError(error, { protocol, startPort, numberOfPorts }, outcome);
  }
}
