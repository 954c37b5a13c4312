// SPDX-License-Identifier: MIT
import { checkInteger } from '../common/arguments.js';
import { lengthOf } from '../common/port-ranges.js';
import { anyPlace } from '../common/usual-ranges.js';
import type { Protocol } from '../common/ports.js';

/** Finds a free block on a platform without reservations, where Windows would choose one. */
export async function findPlace(protocol: Protocol | 'both', numberOfPorts: number): Promise<number> {
  checkInteger('options.numberOfPorts', numberOfPorts, 1, lengthOf(anyPlace));
  // Imported at the first search, because most programs never search.
  const { findFreeBlock } = await import('../search/search-ports.js');
  const found = await findFreeBlock({
    protocol,
    numberOfPorts,
    bounds: anyPlace,
    preferred: [],
    unwanted: [],
    hold: false,
    ascending: false,
    host: undefined,
    signal: undefined,
    portable: true,
  });
  return found.startPort;
}
