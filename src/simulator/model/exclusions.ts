// SPDX-License-Identifier: MIT
import { errorCodes } from '../../common/error-codes.js';
import { overlaps } from '../../common/port-ranges.js';
import type { PortBlock } from '../../common/ports.js';
import { checkBlock } from './check-block.js';
import type { Store } from './listing.js';
import type { MachineState } from './machine-state.js';
import { Refusal } from './refusal.js';

/** Excludes a block now, and with the persistent store after each restart too. */
export function addExclusion(state: MachineState, block: PortBlock, store: Store): void {
  const ports = checkBlock(block);
  const pool = state.pools[ports.protocol];
  const dormant = dormantOver(state, ports);
  const inTheWay = dormant.filter((other) => !isSame(other, ports));
  if (pool.isBound(ports) || inTheWay.length > 0) throw new Refusal(errorCodes.ERROR_SHARING_VIOLATION.errorNumber);
  if (pool.reservationOver(ports) !== undefined) throw new Refusal(state.assumptions.excludeOverReservation);
  for (const other of dormant) state.dormant.delete(other);
  const stored = store === 'persistent' || dormant.length > 0;
  state.addReservation({ ...ports, kind: 'administered', token: undefined, stored });
}

/** Deletes the exclusion of a block: with the active store only until the next restart. */
export function deleteExclusion(state: MachineState, block: PortBlock, store: Store): void {
  const ports = checkBlock(block);
  const { assumptions } = state;
  const reservation = state.pools[ports.protocol].reservationOf(ports);
  if (reservation === undefined) {
    const dormant = dormantOver(state, ports).find((other) => isSame(other, ports));
    if (dormant === undefined || store === 'active') throw new Refusal(assumptions.deleteUnknownExclusion);
    state.dormant.delete(dormant);
    return;
  }
  const isDeletable =
    reservation.kind === 'administered' ||
    (reservation.kind === 'persistent' && assumptions.netshDeletesPersistentReservation);
  if (!isDeletable) throw new Refusal(assumptions.deleteUnstarredExclusion);
  state.endReservation(reservation, assumptions.boundSocketsSurviveDelete);
  if (store === 'active' && reservation.kind === 'administered' && reservation.stored) state.dormant.add(ports);
}

function dormantOver(state: MachineState, ports: PortBlock): PortBlock[] {
  return [...state.dormant].filter((other) => other.protocol === ports.protocol && overlaps(other, ports));
}

function isSame(one: PortBlock, other: PortBlock): boolean {
  return one.startPort === other.startPort && one.numberOfPorts === other.numberOfPorts;
}
