// SPDX-License-Identifier: MIT
import { writeFile } from 'node:fs/promises';
import type { PortSpan } from '../../common/port-ranges.js';
import type { Protocol } from '../../common/ports.js';
import { printable } from '../../common/printable.js';
import { mapText } from '../map/map-text.js';
import { countPorts, cutPicture, largestFreeRuns, type PortPicture } from '../map/port-picture.js';
import { readPorts } from '../map/read-ports.js';
import { stampNow } from '../map/stamp.js';
import type { Outcome } from '../outcome.js';

export interface MapOptions {
  readonly protocol: Protocol | 'both';
  readonly ports: PortSpan;
  readonly highlight?: readonly number[];
  readonly svg?: string;
  /** The width of the terminal. */
  readonly columns: number;
}

export async function map({ protocol, ports, highlight = [], svg, columns }: MapOptions): Promise<Outcome> {
  const { maps: wholeMaps, notes } = await readPorts(protocol === 'both' ? ['tcp', 'udp'] : [protocol]);
  const maps = wholeMaps.map((each) => cutPicture(each, ports));
  const stamp = stampNow();
  const outcome = { data: { ...stampData(stamp), maps: maps.map(mapData), notes }, notes };
  if (svg === undefined) {
    const drawn = { stamp, highlight, columns };
    return { ...outcome, text: (style) => maps.map((each) => mapText(each, { ...drawn, style })).join('\n') };
  }

  const { mapSvg } = await import('../map/map-svg.js');
  const file = mapSvg(maps, { stamp, highlight });
  if (svg === '-') return { ...outcome, text: () => file };
  await writeFile(svg, file);
  return { ...outcome, data: { ...outcome.data, svg }, text: () => `wrote ${printable(svg)}\n` };
}

function stampData({ host, date }: ReturnType<typeof stampNow>): object {
  return { host, date: date.toISOString() };
}

function mapData(picture: PortPicture): object {
  const { protocol, dynamicPortRange, runs } = picture;
  const freeRuns = [false, true].flatMap((dynamic) => largestFreeRuns(picture, dynamic));
  const largest = freeRuns.map(({ startPort, endPort, dynamic }) => ({ startPort, endPort, dynamic }));
  return { protocol, dynamicPortRange, counts: countPorts(picture), largestFreeRuns: largest, runs };
}
