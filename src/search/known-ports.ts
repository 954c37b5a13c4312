// SPDX-License-Identifier: MIT
import { getDynamicPortRange, listExcludedPortRanges } from '../calls/excluded-port-ranges.js';
import { listPortOwners, type PortOwner } from '../calls/port-owners.js';
import type { ExcludedPortRange, PortRange, Protocol } from '../common/ports.js';
import { defaultDynamicRange, mirroredWslBlock } from '../common/usual-ranges.js';
import { PortMap } from './port-map.js';

/** The information in the lists of Windows, before any bind. */
export interface KnownPorts {
  /** The ports that are excluded or in use for one of the protocols. */
  readonly ports: PortMap;
  /** Ports to take only when nothing else is left. */
  readonly avoided: readonly PortRange[];
  /** The errors of the lists that could not be read. */
  readonly failures: readonly unknown[];
}

/** Returns the default dynamic range and no ports, for platforms without the lists. */
export function nothingKnown(): KnownPorts {
  return { ports: new PortMap(), avoided: portsToAvoid([defaultDynamicRange]), failures: [] };
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
      markListed(ports, orElse(excluded, []), orElse(owners, []));
      return orElse(dynamic, defaultDynamicRange);
    }),
  );
  return { ports, avoided: portsToAvoid(dynamicRanges), failures };
}

/** Marks the ports of the two lists of one protocol as taken. */
export function markListed(
  ports: PortMap,
  ranges: readonly ExcludedPortRange[],
  owners: readonly Pick<PortOwner, 'port' | 'state'>[],
): void {
  for (const range of ranges) ports.markSpan(range, range.administered ? 'administered' : 'excluded');
  for (const { port, state } of owners) {
    // A closed connection that lingers has no socket; a server that was restarted is to find its port again.
    if (state !== 'TIME_WAIT') ports.markSpan({ startPort: port, endPort: port }, 'inUse');
  }
}

/** Gives the ports that a program may lose to Windows or to WSL after a restart, though they can be bound now. */
export function portsToAvoid(dynamicRanges: readonly PortRange[]): PortRange[] {
  return [...dynamicRanges, mirroredWslBlock];
}
