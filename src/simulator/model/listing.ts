// SPDX-License-Identifier: MIT
import type { Assumptions } from './assumptions.js';
import type { Reservation } from './records.js';

/** Whether netsh lists a reservation. */
export function isListed({ kind }: Reservation, assumptions: Assumptions): boolean {
  if (kind === 'persistent') return assumptions.listsPersistentReservations;
  if (kind === 'runtime') return assumptions.listsRuntimeReservations;
  return true;
}

/** Whether netsh puts a star behind the row of a reservation. */
export function hasStar({ kind }: Reservation, assumptions: Assumptions): boolean {
  if (kind === 'persistent') return assumptions.starsPersistentReservations;
  if (kind === 'runtime') return assumptions.starsRuntimeReservations;
  return kind === 'administered';
}
