// SPDX-License-Identifier: MIT
import type { ExcludedPortRange, Protocol } from '../../common/ports.js';
import type { Assumptions } from './assumptions.js';
import type { MachineState } from './machine-state.js';
import { endOf } from './port-range.js';
import type { Reservation, ReservationKind } from './records.js';

/** The ranges that apply now, or those that apply after the next restart. */
export type Store = 'active' | 'persistent';

/**
 * A row of `netsh int ipv4 show excludedportrange`, with the kind of reservation behind it, which netsh does not show.
 */
export interface ExcludedPortRangeRow extends ExcludedPortRange {
  readonly kind: ReservationKind;
}

/** Returns the rows that netsh prints for a store, by ascending ports. */
export function listRows(state: MachineState, protocol: Protocol, store: Store): ExcludedPortRangeRow[] {
  const { assumptions } = state;
  const active = state.pools[protocol].reservations().filter((reservation) => isListed(reservation, assumptions));
  const dormant = [...state.dormant].filter((block) => block.protocol === protocol);
  const shown: readonly Row[] = store === 'active' ? active : [...active.filter(isStored), ...dormant.map(asExclusion)];
  return shown
    .map(({ kind, startPort, numberOfPorts }) => ({
      ...{ protocol, startPort, numberOfPorts, endPort: endOf({ startPort, numberOfPorts }) - 1 },
      administered: hasStar({ kind }, assumptions),
      kind,
    }))
    .sort((one, other) => one.startPort - other.startPort);
}

type Row = Pick<Reservation, 'kind' | 'startPort' | 'numberOfPorts'>;

function asExclusion(block: Omit<Row, 'kind'>): Row {
  return { ...block, kind: 'administered' };
}

/** Tells whether a reservation survives a restart. */
function isStored(reservation: Reservation): boolean {
  return reservation.kind === 'persistent' || (reservation.kind === 'administered' && reservation.stored);
}

/** Tells whether netsh lists a reservation. */
function isListed({ kind }: Reservation, assumptions: Assumptions): boolean {
  if (kind === 'persistent') return assumptions.listsPersistentReservations;
  if (kind === 'runtime') return assumptions.listsRuntimeReservations;
  return true;
}

/** Tells whether netsh puts a star on the row of a reservation. */
function hasStar({ kind }: Pick<Reservation, 'kind'>, assumptions: Assumptions): boolean {
  if (kind === 'persistent') return assumptions.starsPersistentReservations;
  if (kind === 'runtime') return assumptions.starsRuntimeReservations;
  return kind === 'administered';
}
