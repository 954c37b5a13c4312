// SPDX-License-Identifier: MIT
import { PortReservationError } from '../common/errors.js';
import type { PortBlock } from '../common/ports.js';
import { listExcludedPortRanges } from './excluded-port-ranges.js';

/** Adds what is in the way of reserving the block to the error. */
export async function nameTakers(error: PortReservationError, block: PortBlock): Promise<PortReservationError> {
  const { nameWhatOverlaps } = await import('./overlapping.js');
  return nameWhatOverlaps(error, block, 'reserve', listExcludedPortRanges);
}

/** Adds what overlaps the block that could not be acquired; any other error is returned as it is. */
export async function nameIfTaken(error: unknown): Promise<unknown> {
  if (!(error instanceof PortReservationError) || error.code !== 'WSAEADDRINUSE') return error;
  const { protocol, startPort, numberOfPorts } = error;
  // Windows was to choose the ports.
  if (protocol === undefined || startPort === undefined || numberOfPorts === undefined) return error;
  return nameTakers(error, { protocol, startPort, numberOfPorts });
}
