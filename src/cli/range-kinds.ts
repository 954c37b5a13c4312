// SPDX-License-Identifier: MIT
import { PortReservationError } from '../common/errors.js';
import { isPersistent } from '../calls/is-persistent.js';
import type { ExcludedPortRange } from '../common/ports.js';

/**
 * The kind of a listed range: `persistent` if it can be looked up, `administered` if netsh shows a star. Any other range is
 * `reserved` by a part of Windows or another program.
 */
export type RangeKind = 'persistent' | 'administered' | 'reserved';

export interface KnownRange extends ExcludedPortRange {
  readonly kind: RangeKind;
}

export interface KnownRanges {
  readonly ranges: readonly KnownRange[];
  /** Notes on kinds that could not be determined. */
  readonly notes: readonly string[];
}

/** Tells the kind of each range. Windows lists persistent reservations among the others, so each range is looked up. */
export async function tellKinds(listed: readonly ExcludedPortRange[]): Promise<KnownRanges> {
  const notes = new Set<string>();
  const ranges = await Promise.all(
    listed.map(async (range): Promise<KnownRange> => {
      const found = await isPersistent(range).catch((error: unknown) => {
        if (!(error instanceof PortReservationError)) throw error;
        notes.add(`persistent reservations are not distinguished from other ranges (${error.code})`);
        return false;
      });
      return { ...range, kind: found ? 'persistent' : range.administered ? 'administered' : 'reserved' };
    }),
  );
  return { ranges, notes: [...notes] };
}
