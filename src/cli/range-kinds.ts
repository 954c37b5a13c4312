// SPDX-License-Identifier: MIT
import { PortReservationError } from '../errors.js';
import { PersistentPortReservation } from '../persistent-port-reservation.js';
import type { ExcludedPortRange } from '../port-block.js';

/**
 * What a listed range is: `persistent`, where it can be looked up; `administered`, where netsh puts a star; `reserved`
 * by a part of Windows or another program in every other case.
 */
export type RangeKind = 'persistent' | 'administered' | 'reserved';

export interface KnownRange extends ExcludedPortRange {
  readonly kind: RangeKind;
}

export interface KnownRanges {
  readonly ranges: readonly KnownRange[];
  /** What could not be found out. */
  readonly notes: readonly string[];
}

/** Windows lists persistent reservations among the others, so each range is looked up by its very ports. */
export async function tellKinds(listed: readonly ExcludedPortRange[]): Promise<KnownRanges> {
  const notes = new Set<string>();
  const ranges = await Promise.all(
    listed.map(async (range): Promise<KnownRange> => {
      const found = await isPersistent(range).catch((error: unknown) => {
        if (!(error instanceof PortReservationError)) throw error;
        notes.add(`persistent reservations are not told from others (${error.code})`);
        return false;
      });
      return { ...range, kind: found ? 'persistent' : range.administered ? 'administered' : 'reserved' };
    }),
  );
  return { ranges, notes: [...notes] };
}

async function isPersistent({ protocol, startPort, endPort }: ExcludedPortRange): Promise<boolean> {
  try {
    await PersistentPortReservation.lookup({ protocol, startPort, numberOfPorts: endPort - startPort + 1 });
    return true;
  } catch (error) {
    if (error instanceof PortReservationError && error.code === 'ERROR_NOT_FOUND') return false;
    throw error;
  }
}
