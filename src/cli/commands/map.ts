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
  readonly html?: string;
  /** The width of the terminal. */
  readonly columns: number;
}

export async function map({ protocol, ports, highlight = [], svg, html, columns }: MapOptions): Promise<Outcome> {
  const { maps: wholeMaps, lists, notes } = await readPorts(protocol === 'both' ? ['tcp', 'udp'] : [protocol]);
  const maps = wholeMaps.map((each) => cutPicture(each, ports));
  const stamp = stampNow();
  const outcome = { data: { ...stampData(stamp), maps: maps.map(mapData), notes }, notes };
  const marks = { stamp, highlight };
  if (svg !== undefined) {
    const { mapSvg } = await import('../map/map-svg.js');
    return writeOutcome(outcome, 'svg', svg, mapSvg(maps, marks));
  }
  if (html !== undefined) {
    const { mapPage } = await import('../map/page/page-html.js');
    return writeOutcome(outcome, 'html', html, await mapPage(maps, lists, marks));
  }
  return { ...outcome, text: (style) => maps.map((each) => mapText(each, { ...marks, columns, style })).join('\n') };
}

async function writeOutcome(
  outcome: Pick<Outcome, 'data' | 'notes'>,
  name: 'svg' | 'html',
  file: string,
  text: string,
): Promise<Outcome> {
  if (file === '-') return { ...outcome, text: () => text };
  await writeFile(file, text);
  return { ...outcome, data: { ...outcome.data, [name]: file }, text: () => `wrote ${printable(file)}\n` };
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
