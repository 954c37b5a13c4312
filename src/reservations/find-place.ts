// SPDX-License-Identifier: MIT
import { checkInteger } from '../common/arguments.js';
import { lengthOf, maxPort, type PortSpan } from '../common/port-ranges.js';
import type { Protocol } from '../common/ports.js';

/** Where ports are searched for unless the caller says otherwise: above those that other systems than Windows keep for root. */
export const anyPlace: PortSpan = { startPort: 1024, endPort: maxPort };

/** Finds where a block can be now, where there are no reservations and Windows would choose the place. */
export async function findPlace(protocol: Protocol | 'both', numberOfPorts: number): Promise<number> {
  checkInteger('options.numberOfPorts', numberOfPorts, 1, lengthOf(anyPlace));
  // Imported only here, because most programs never search.
  const { findFreeBlock } = await import('../search/search-ports.js');
  const found = await findFreeBlock({
    protocol,
    numberOfPorts,
    bounds: anyPlace,
    ascending: false,
    host: undefined,
    signal: undefined,
    portable: true,
  });
  return found.startPort;
}
