// SPDX-License-Identifier: MIT
import type { PortRange } from '../../common/ports.js';
import type { PortPool } from './port-pool.js';
import type { ReservationKind } from './records.js';
import { Refusal, refuseUnlessSuccess } from './refusal.js';

/** The error numbers of a call that reserves ports, by what already uses one of them. */
export interface OverlapRefusals {
  readonly bound: number;
  readonly reserved: Readonly<Record<ReservationKind, number>>;
  readonly unlisted: number;
}

/** Refuses a range that contains a bound port or overlaps a reservation. */
export function checkOverlap(pool: PortPool, range: PortRange, refusals: OverlapRefusals): void {
  if (pool.isBound(range)) throw new Refusal(refusals.bound);
  const reservation = pool.reservationOver(range);
  if (reservation !== undefined) throw new Refusal(refusals.reserved[reservation.kind]);
  if (pool.unlistedOver(range) !== undefined) refuseUnlessSuccess(refusals.unlisted);
}
