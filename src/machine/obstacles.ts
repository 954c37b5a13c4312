// SPDX-License-Identifier: MIT
import { isPersistent } from '../calls/is-persistent.js';
import type { GuestPortReservation, PortOwner } from '../calls/port-owners.js';
import type { ExcludedPortRange, PortBlock } from '../common/ports.js';
import { holderOfRange } from '../explain/answer/range-holder.js';
import { contains, overlaps } from '../common/port-ranges.js';

/**
 * The reasons why ports cannot be excluded:
 *
 * - `winnat`: a block of WinNAT, which is gone while that is stopped.
 * - `container`: a range of one port, as a published port of a container makes one (docker/for-win#1707). To stop WinNAT would
 *   cut every container off, and HNS would reserve the port again.
 * - `persistent`: a persistent reservation.
 * - `system`: the kernel listens on a port of the range, as http.sys does.
 * - `program`: a program has a socket inside the range, which only the program that reserved it can have.
 * - `guest`: a virtual machine has the ports, as WSL with mirrored networking does. No list of netsh shows them.
 * - `in-use`: a socket is bound to a port.
 * - `unknown`: a range without a star, of a width that WinNAT does not take.
 */
export type Obstacle =
  | { readonly kind: 'winnat'; readonly range: ExcludedPortRange }
  | { readonly kind: 'container' | 'persistent' | 'unknown'; readonly range: ExcludedPortRange }
  | { readonly kind: 'system' | 'program'; readonly range: ExcludedPortRange; readonly owner: PortOwner }
  | { readonly kind: 'guest'; readonly range: GuestPortReservation }
  | { readonly kind: 'in-use'; readonly owner: PortOwner };

/** WinNAT takes 100 ports at a time (docker/for-win#3171). HNS takes 64 for a load balancer, and keeps them. */
const winNatWidth = 100;

export type WinNatBlock = Extract<Obstacle, { kind: 'winnat' }>;

/** Whether the obstacle goes when WinNAT stops. */
export function isWinNat(obstacle: Obstacle): obstacle is WinNatBlock {
  return obstacle.kind === 'winnat';
}

/** Whether the obstacle is in the way of this port. */
export function isAt(obstacle: Obstacle, port: number): boolean {
  return 'range' in obstacle ? contains(obstacle.range, port) : obstacle.owner.port === port;
}

export interface WhatIsThere {
  readonly ranges: readonly ExcludedPortRange[];
  readonly owners: readonly PortOwner[];
  readonly guests: readonly GuestPortReservation[];
}

/** Finds everything that is in the way of excluding these blocks of one protocol. */
export async function findObstacles(
  blocks: readonly PortBlock[],
  { ranges, owners, guests }: WhatIsThere,
): Promise<Obstacle[]> {
  const isInside = ({ port }: PortOwner): boolean => blocks.some((block) => contains(block, port));
  const reserved = ranges.filter((range) => !range.administered && blocks.some((block) => overlaps(block, range)));
  const ofRanges = await Promise.all(reserved.map((range) => obstacleOf(range, owners)));
  const ofGuests = guests
    .filter((guest) => blocks.some((block) => overlaps(block, guest) && isOf(guest, block)))
    .map((range): Obstacle => ({ kind: 'guest', range }));
  const ofSockets = owners
    // A connection in TIME_WAIT has no socket any more.
    .filter(
      (owner) =>
        isInside(owner) && owner.state !== 'TIME_WAIT' && !reserved.some((range) => contains(range, owner.port)),
    )
    .map((owner): Obstacle => ({ kind: 'in-use', owner }));
  return [...ofRanges, ...ofGuests, ...ofSockets];
}

async function obstacleOf(range: ExcludedPortRange, owners: readonly PortOwner[]): Promise<Obstacle> {
  if (await isPersistent(range)) return { kind: 'persistent', range };
  const inside = { known: true, value: owners.filter(({ port }) => contains(range, port)) } as const;
  const holder = holderOfRange(range, { owners: inside, neighbors: inside, processId: process.pid });
  if ('program' in holder) return { kind: holder.kind, range, owner: holder.program };
  if (range.numberOfPorts === winNatWidth) return { kind: 'winnat', range };
  return { kind: range.numberOfPorts === 1 ? 'container' : 'unknown', range };
}

function isOf({ protocol }: GuestPortReservation, block: PortBlock): boolean {
  return protocol === 'both' || protocol === block.protocol;
}
