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

/** Windows lists persistent reservations among the others, so each range is looked up by its very ports. */
export function withKinds(ranges: readonly ExcludedPortRange[]): Promise<KnownRange[]> {
  return Promise.all(ranges.map(async (range) => ({ ...range, kind: await kindOf(range) })));
}

async function kindOf(range: ExcludedPortRange): Promise<RangeKind> {
  const { protocol, startPort, endPort, administered } = range;
  try {
    await PersistentPortReservation.lookup({ protocol, startPort, numberOfPorts: endPort - startPort + 1 });
    return 'persistent';
  } catch (error) {
    if (!(error instanceof PortReservationError)) throw error;
    return administered ? 'administered' : 'reserved';
  }
}
