// SPDX-License-Identifier: MIT
import { errorCodes } from './error-codes.js';
import { lookupPersistentTcpPortReservation, lookupPersistentUdpPortReservation } from './persistent-calls.js';
import type { PortBlock } from './port-block.js';

const lookups = { tcp: lookupPersistentTcpPortReservation, udp: lookupPersistentUdpPortReservation };

/** Whether a block is a persistent reservation: Windows knows one by its very numbers only. */
export async function isPersistent({ protocol, startPort, numberOfPorts }: PortBlock): Promise<boolean> {
  try {
    await lookups[protocol](startPort, numberOfPorts);
    return true;
  } catch (error) {
    const isUnknown =
      error instanceof Error && 'errno' in error && error.errno === errorCodes.ERROR_NOT_FOUND.errorNumber;
    if (isUnknown) return false;
    throw error;
  }
}
