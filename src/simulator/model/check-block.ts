// SPDX-License-Identifier: MIT
import { checkProtocol, take } from '../../common/arguments.js';
import { errorCodes } from '../../common/error-codes.js';
import type { PortBlock } from '../../common/ports.js';
import type { MachineState } from './machine-state.js';
import { isPortRange } from './port-range.js';
import { Refusal } from './refusal.js';

/** Copies the block without what else the caller's object may hold. */
export function checkBlock(given: PortBlock): PortBlock {
  const block = take('block', given, ['protocol', 'startPort', 'numberOfPorts']) as unknown as PortBlock;
  checkProtocol('block.protocol', block.protocol);
  if (!isPortRange(block)) {
    throw new RangeError(`${block.numberOfPorts} ports from ${block.startPort}: expected ports between 1 and 65535`);
  }
  return block;
}

/** Copies a block of which no port is in use or reserved; throws ERROR_SHARING_VIOLATION (32) for another one. */
export function checkFree(state: MachineState, given: PortBlock): PortBlock {
  const block = checkBlock(given);
  if (state.pools[block.protocol].isTaken(block)) throw new Refusal(errorCodes.ERROR_SHARING_VIOLATION.errorNumber);
  return block;
}
