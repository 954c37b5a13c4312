// SPDX-License-Identifier: MIT
import {
  contains,
  lastPortOf,
  lengthOf,
  maxPort,
  overlaps,
  portCount,
  type PortSpan,
} from '../../common/port-ranges.js';
import type { PortRange, Protocol } from '../../common/ports.js';
import type { GuestPortReservation, PortOwner } from '../../calls/port-owners.js';
import type { KnownRange, RangeKind } from '../range-kinds.js';

/**
 * The kind of a port. `guest`: a virtual machine or a container has it. If several kinds apply, the last of these counts:
 * free, guest, reserved, administered, persistent, in use.
 */
export type PortKind = RangeKind | 'free' | 'guest' | 'in-use';

/** Consecutive ports of the same kind, range and owners. */
export interface PortRun {
  readonly startPort: number;
  readonly endPort: number;
  readonly kind: PortKind;
  /** Whether Windows chooses from them for bind to port 0 and for outgoing connections. */
  readonly dynamic: boolean;
  /** The range that gives the ports their kind; this run may be a part of it. */
  readonly range?: { readonly startPort: number; readonly endPort: number };
  /** The processes that use the ports, for `in-use`. */
  readonly owners?: readonly Owner[];
}

type Owner = Pick<PortOwner, 'processId' | 'imageName'>;

/** The ports of one protocol: all of them, or a part. */
export interface PortPicture {
  readonly protocol: Protocol;
  readonly dynamicPortRange: PortRange;
  /** By ascending ports, without a gap; one at least. */
  readonly runs: readonly PortRun[];
}

export interface PortPictureSources {
  readonly protocol: Protocol;
  readonly dynamicPortRange: PortRange;
  readonly ranges: readonly KnownRange[];
  readonly guests: readonly Omit<GuestPortReservation, 'protocol'>[];
  readonly owners: readonly PortOwner[];
}

type Paint = Pick<PortRun, 'kind' | 'range' | 'owners'>;

export function drawPortPicture({
  protocol,
  dynamicPortRange,
  ranges,
  guests,
  owners,
}: PortPictureSources): PortPicture {
  const free: Paint = { kind: 'free' };
  const paints = new Array<Paint>(portCount).fill(free);
  const paintRange = (kind: PortKind, startPort: number, endPort: number): void => {
    paints.fill({ kind, range: { startPort, endPort } }, startPort, endPort + 1);
  };
  for (const { startPort, endPort } of guests) paintRange('guest', startPort, endPort);
  for (const kind of ['reserved', 'administered', 'persistent'] as const) {
    for (const range of ranges) if (range.kind === kind) paintRange(kind, range.startPort, range.endPort);
  }
  for (const [port, portOwners] of byPort(owners)) paints[port] = { kind: 'in-use', owners: portOwners };
  return { protocol, dynamicPortRange, runs: runsOf(paints, dynamicPortRange) };
}

/** Groups owners by port. A closed connection (TIME_WAIT) belongs to no process and keeps no program from its port. */
function byPort(owners: readonly PortOwner[]): Map<number, Owner[]> {
  const ports = new Map<number, Owner[]>();
  for (const { port, state, processId, imageName } of owners) {
    if (state === 'TIME_WAIT') continue;
    const known = ports.get(port) ?? [];
    ports.set(port, known);
    if (known.some((owner) => owner.processId === processId)) continue;
    known.push({ processId, ...(imageName !== undefined && { imageName }) });
  }
  return ports;
}

function runsOf(paints: readonly Paint[], dynamicRange: PortRange): PortRun[] {
  const runs: PortRun[] = [];
  const borders = [dynamicRange.startPort, lastPortOf(dynamicRange) + 1, portCount];
  let first = 1;
  for (let port = 2; port <= portCount; port += 1) {
    const paint = paints[first];
    if (paint === undefined || (!borders.includes(port) && paints[port] === paint)) continue;
    const dynamic = contains(dynamicRange, first);
    runs.push({ startPort: first, endPort: port - 1, ...paint, dynamic });
    first = port;
  }
  return runs;
}

/** The first and the last port of the picture. */
export function spanOf({ runs }: PortPicture): PortSpan {
  return { startPort: runs[0]?.startPort ?? 1, endPort: runs.at(-1)?.endPort ?? maxPort };
}

/** Keeps the ports of the span, which has one of them at least. */
export function cutPicture(picture: PortPicture, { startPort, endPort }: PortSpan): PortPicture {
  const runs = picture.runs
    .filter((run) => overlaps(run, { startPort, endPort }))
    .map((run) => ({
      ...run,
      startPort: Math.max(run.startPort, startPort),
      endPort: Math.min(run.endPort, endPort),
    }));
  return { ...picture, runs };
}

/** The category of a run in a picture: free ports that Windows hands out have their own. */
export type PortCategory = PortKind | 'dynamic';

export function categoryOf({ kind, dynamic }: Pick<PortRun, 'kind' | 'dynamic'>): PortCategory {
  return kind === 'free' && dynamic ? 'dynamic' : kind;
}

/** Counts the ports of each category. */
export function countPorts({ runs }: PortPicture): Record<PortCategory, number> {
  const counts = { persistent: 0, administered: 0, 'in-use': 0, reserved: 0, guest: 0, dynamic: 0, free: 0 };
  for (const run of runs) counts[categoryOf(run)] += lengthOf(run);
  return counts;
}

/** Finds the longest free blocks, longest first: of the ports that Windows hands out, or of the others. */
export function largestFreeRuns({ runs }: PortPicture, dynamic: boolean, limit = 3): PortRun[] {
  const free = runs.filter((run) => run.kind === 'free' && run.dynamic === dynamic);
  return free.sort((one, other) => lengthOf(other) - lengthOf(one)).slice(0, limit);
}
