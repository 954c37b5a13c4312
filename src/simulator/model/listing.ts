// SPDX-License-Identifier: MIT
import type { Assumptions } from './assumptions.js';
import type { Reservation } from './records.js';

/** Tells whether netsh lists a reservation. */
export function isListed({ kind }: Reservation, assumptions: Assumptions): boolean {
  if (kind === 'persistent') return assumptions.listsPersistentReservations;
  if (kind === 'runtime') return assumptions.listsRuntimeReservations;
  return true;
}

/** Tells whether netsh puts a star on the row of a reservation. */
export function hasStar({ kind }: Reservation, assumptions: Assumptions): boolean {
  if (kind === 'persistent') return assumptions.starsPersistentReservations;
  if (kind === 'runtime') return assumptions.starsRuntimeReservations;
  return kind === 'administered';
}
