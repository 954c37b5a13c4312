// SPDX-License-Identifier: MIT
import { likelyHolder } from '../../common/usual-ranges.js';
import type { ExcludedPortRange } from '../../common/ports.js';
import type { PortOwner } from '../../calls/port-owners.js';
import { isListening, valueOf, type PortFacts } from '../facts/facts.js';

/**
 * The kind of program that reserved a range without a star. Windows does not tell, so this is a conclusion:
 *
 * - `system`: the kernel itself listens on the port; usually http.sys.
 * - `program`: another program has sockets inside, which only the program that reserved the range can have. Connections do
 *   not count: Windows may have chosen their ports before the range was reserved.
 * - `container`: the range is one port and no program has a socket on it, as where a container publishes the port
 *   (docker/for-win#1707).
 * - `winnat`: the range is as wide as the blocks of WinNAT or HNS, and no program has a socket inside.
 * - `unknown`
 */
export type RangeHolder =
  | { readonly kind: 'container' | 'winnat' | 'unknown' }
  | { readonly kind: 'system' | 'program'; readonly program: PortOwner };

/** The kernel: http.sys, SMB and other drivers run in it. */
export const systemProcessId = 4;

/** NetBIOS and SMB. */
export const fileSharingPorts: readonly number[] = [137, 138, 139, 445];

export function holderOfRange(
  range: ExcludedPortRange,
  facts: Pick<PortFacts, 'owners' | 'neighbors' | 'processId'>,
): RangeHolder {
  const owners = (valueOf(facts.owners) ?? []).filter(isListening);
  const system = owners.find(({ processId }) => processId === systemProcessId);
  if (system) return { kind: 'system', program: system };
  const sockets = [...owners, ...(valueOf(facts.neighbors) ?? []).filter(isListening)];
  const others = [0, systemProcessId, facts.processId];
  const program = sockets.find(({ processId }) => !others.includes(processId));
  if (program) return { kind: 'program', program };
  if (range.numberOfPorts === 1) return { kind: 'container' };
  return { kind: likelyHolder(range) ? 'winnat' : 'unknown' };
}
