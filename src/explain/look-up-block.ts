// SPDX-License-Identifier: MIT
import { errorCodes } from '../error-codes.js';
import { lookupPersistentTcpPortReservation, lookupPersistentUdpPortReservation } from '../persistent-calls.js';
import type { PortBlock } from '../port-block.js';
import { contains } from './facts.js';

const lookups = { tcp: lookupPersistentTcpPortReservation, udp: lookupPersistentUdpPortReservation };

/** The block around the port that is a persistent reservation: Windows knows a reservation by its very numbers only. */
export async function lookUpBlock(
  blocks: readonly (PortBlock | undefined)[],
  port: number,
): Promise<PortBlock | undefined> {
  const around = blocks.filter((block): block is PortBlock => block !== undefined && contains(block, port));
  const found = await Promise.all(around.map(async (block) => ((await isPersistent(block)) ? block : undefined)));
  return found.find((block) => block !== undefined);
}

async function isPersistent({ protocol, startPort, numberOfPorts }: PortBlock): Promise<boolean> {
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
