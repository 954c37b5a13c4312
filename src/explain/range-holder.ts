// SPDX-License-Identifier: MIT
import type { ExcludedPortRange } from '../port-block.js';
import type { PortOwner } from '../port-owners.js';
import { valueOf, type PortFacts } from './facts.js';

/**
 * Whose a range without a star is, as far as that shows: nothing of Windows tells.
 *
 * - `system`: the kernel itself listens on the port, http.sys as a rule.
 * - `program`: a program has sockets inside, which only the one that reserved the range can have.
 * - `winnat`: it is as wide as the blocks of WinNAT or HNS are, and no program has a socket inside.
 * - `unknown`
 */
export type RangeHolder =
  { readonly kind: 'winnat' | 'unknown' } | { readonly kind: 'system' | 'program'; readonly program: PortOwner };

/** The kernel: http.sys, SMB and the like run in it. */
export const systemProcessId = 4;

/** WinNAT takes 100 ports at a time (docker/for-win#3171), HNS takes 64 for a load balancer (microsoft/SDN#399). */
const winnatWidths = [100, 64];

export function widthOf({ startPort, endPort }: ExcludedPortRange): number {
  return endPort - startPort + 1;
}

export function holderOfRange(range: ExcludedPortRange, facts: PortFacts): RangeHolder {
  const system = valueOf(facts.owners)?.find(({ processId }) => processId === systemProcessId);
  if (system) return { kind: 'system', program: system };
  const sockets = [...(valueOf(facts.owners) ?? []), ...(valueOf(facts.neighbours) ?? [])];
  const program = sockets.find(({ processId }) => processId !== 0 && processId !== systemProcessId);
  if (program) return { kind: 'program', program };
  return { kind: winnatWidths.includes(widthOf(range)) ? 'winnat' : 'unknown' };
}
