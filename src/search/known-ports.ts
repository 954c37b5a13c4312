// SPDX-License-Identifier: MIT
import { defaultDynamicRange } from '../common/default-dynamic-range.js';
import { getDynamicPortRange, listExcludedPortRanges } from '../calls/excluded-port-ranges.js';
import type { PortRange, Protocol } from '../common/ports.js';
import { PortMap } from './port-map.js';
import { listPortOwners } from '../calls/port-owners.js';

/** The information in the lists of Windows, before any bind. */
export interface KnownPorts {
  /** The ports that are excluded or in use for one of the protocols. */
  readonly ports: PortMap;
  /** The range that Windows chooses ports from, for each protocol. */
  readonly dynamicRanges: readonly PortRange[];
  /** The errors of the lists that could not be read. */
  readonly failures: readonly unknown[];
}

/** Returns the default dynamic range and no ports, for platforms without the lists. */
export function nothingKnown(): KnownPorts {
  return { ports: new PortMap(), dynamicRanges: [defaultDynamicRange], failures: [] };
}

/** Reads the lists, and leaves out those that cannot be read. */
export async function listKnownPorts(protocols: readonly Protocol[]): Promise<KnownPorts> {
  const ports = new PortMap();
  const failures: unknown[] = [];
  const orElse = <List>(outcome: PromiseSettledResult<List>, substitute: List): List => {
    if (outcome.status === 'fulfilled') return outcome.value;
    failures.push(outcome.reason);
    return substitute;
  };

  const dynamicRanges = await Promise.all(
    protocols.map(async (protocol) => {
      const [excluded, owners, dynamic] = await Promise.allSettled([
        listExcludedPortRanges({ protocol }),
        listPortOwners({ protocol }),
        getDynamicPortRange({ protocol }),
      ]);
      for (const range of orElse(excluded, [])) ports.markSpan(range, 'excluded');
      for (const { port, state } of orElse(owners, [])) {
        // A closed connection that lingers has no socket, so a restarted server must be able to find its port again.
        if (state !== 'TIME_WAIT') ports.mark(port, 'inUse');
      }
      return orElse(dynamic, defaultDynamicRange);
    }),
  );
  return { ports, dynamicRanges, failures };
}
