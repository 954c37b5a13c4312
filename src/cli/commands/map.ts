// SPDX-License-Identifier: MIT
import { writeFile } from 'node:fs/promises';
import type { Protocol } from '../../common/ports.js';
import { printable } from '../../common/printable.js';
import { mapText } from '../map/map-text.js';
import { countPorts, largestFreeRuns, type PortPicture } from '../map/port-picture.js';
import { readPorts } from '../map/read-ports.js';
import type { Outcome } from '../outcome.js';

export interface MapOptions {
  readonly protocol: Protocol | 'both';
  readonly svg?: string;
}

export async function map({ protocol, svg }: MapOptions): Promise<Outcome> {
  const { maps, notes } = await readPorts(protocol === 'both' ? ['tcp', 'udp'] : [protocol]);
  const outcome = { data: { maps: maps.map(mapData), notes }, notes };
  if (svg === undefined) return { ...outcome, text: (style) => maps.map((each) => mapText(each, style)).join('\n') };

  const { mapSvg } = await import('../map/map-svg.js');
  const file = mapSvg(maps);
  if (svg === '-') return { ...outcome, text: () => file };
  await writeFile(svg, file);
  return { ...outcome, data: { ...outcome.data, svg }, text: () => `wrote ${printable(svg)}\n` };
}

function mapData(picture: PortPicture): object {
  const { protocol, dynamicPortRange, runs } = picture;
  const freeRuns = [false, true].flatMap((dynamic) => largestFreeRuns(picture, dynamic));
  const largest = freeRuns.map(({ startPort, endPort, dynamic }) => ({ startPort, endPort, dynamic }));
  return { protocol, dynamicPortRange, counts: countPorts(picture), largestFreeRuns: largest, runs };
}
