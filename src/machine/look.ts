// SPDX-License-Identifier: MIT
import { listExcludedPortRanges } from '../calls/excluded-port-ranges.js';
import { listGuestPortReservations, listPortOwners, type GuestPortReservation } from '../calls/port-owners.js';
import { PortReservationError } from '../common/errors.js';
import type { ExcludedPortRange, PortBlock } from '../common/ports.js';
import { findObstacles, type Obstacle } from './obstacles.js';
import { overlaps } from '../common/port-ranges.js';
import { partsOutside } from './port-parts.js';

/** The facts about a block of ports before the plan changes anything. */
export interface PortsLook {
  readonly block: PortBlock;
  /** The parts of the block that no administrator has excluded. */
  readonly missing: readonly PortBlock[];
  /** The parts that are excluded, but only until the next restart of Windows. */
  readonly unstored: readonly PortBlock[];
  readonly obstacles: readonly Obstacle[];
}

/** Looks at the ports without changing anything. Needs no elevation, but sees the ports of virtual machines only with it. */
export async function lookAtPorts(block: PortBlock): Promise<PortsLook> {
  const { protocol } = block;
  const [ranges, stored, owners, guests] = await Promise.all([
    listExcludedPortRanges({ protocol }),
    listExcludedPortRanges({ protocol, store: 'persistent' }),
    listPortOwners({ protocol }),
    listGuests(),
  ]);
  const missing = partsOutside(block, ranges.filter(isAdministered));
  const excluded = partsOutside(block, missing);
  return {
    block,
    missing,
    unstored: excluded.flatMap((part) => partsOutside(part, stored.filter(isAdministered))),
    obstacles: await findObstacles(missing, { ranges, owners, guests }),
  };
}

/** The ranges over the block that are no exclusions. */
export function rangesInTheWay({ block, obstacles }: PortsLook): ExcludedPortRange[] {
  return obstacles.flatMap((obstacle) =>
    'range' in obstacle && obstacle.kind !== 'guest' && overlaps(obstacle.range, block) ? [obstacle.range] : [],
  );
}

function isAdministered({ administered }: ExcludedPortRange): boolean {
  return administered;
}

async function listGuests(): Promise<readonly GuestPortReservation[]> {
  try {
    return (await listGuestPortReservations()) ?? [];
  } catch (error) {
    // Only an elevated process may ask, and a machine may not be able to answer. A test bind tells in the end.
    if (error instanceof PortReservationError) return [];
    throw error;
  }
}
