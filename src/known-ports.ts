// SPDX-License-Identifier: MIT
import { getDynamicPortRange, listExcludedPortRanges } from './excluded-port-ranges.js';
import type { PortRange, Protocol } from './port-block.js';
import { PortMap } from './port-map.js';
import { listPortOwners } from './port-owners.js';

/** What Windows says of its ports before anything is bound. */
export interface KnownPorts {
  /** Those that are excluded or in use for one of the protocols. */
  readonly ports: PortMap;
  /** Where Windows chooses ports from, for each protocol. */
  readonly dynamicRanges: readonly PortRange[];
  /** Why a list is missing. */
  readonly failures: readonly unknown[];
}

/** Where a system chooses ports from that does not tell: RFC 6335, and Windows since Vista. */
export const usualDynamicRange: PortRange = { startPort: 49_152, numberOfPorts: 16_384 };

/** Reads the lists. One that cannot be read is left out. */
export async function listKnownPorts(protocols: readonly Protocol[]): Promise<KnownPorts> {
  const ports = new PortMap();
  const failures: unknown[] = [];
  const orElse = async <List>(list: Promise<List>, substitute: List): Promise<List> => {
    try {
      return await list;
    } catch (error) {
      failures.push(error);
      return substitute;
    }
  };

  const dynamicRanges = await Promise.all(
    protocols.map(async (protocol) => {
      const [ranges, owners, dynamicRange] = await Promise.all([
        orElse(listExcludedPortRanges({ protocol }), []),
        orElse(listPortOwners({ protocol }), []),
        orElse(getDynamicPortRange({ protocol }), usualDynamicRange),
      ]);
      for (const { port } of owners) ports.mark(port, 'inUse');
      for (const range of ranges) ports.markSpan(range, 'excluded');
      return dynamicRange;
    }),
  );
  return { ports, dynamicRanges, failures };
}
