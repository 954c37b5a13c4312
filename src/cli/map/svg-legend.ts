// SPDX-License-Identifier: MIT
import { lengthOf, portsText } from '../../common/port-ranges.js';
import { byImportance, categories } from './categories.js';
import {
  categoryOf,
  countPorts,
  largestFreeRuns,
  type PortCategory,
  type PortPicture,
  type PortRun,
} from './port-picture.js';
import { escapeXml, ownerNames, portName } from './run-names.js';

const lineHeight = 20;
const legendWidth = 420;
const listColumnWidth = 262;
const longestName = 24;
const longestMark = 54;
const fewestLines = 9;
const mostLines = 16;

/** The part under the cells: the legend with its counts, and the taken ports as numbers. */
export interface Footer {
  readonly elements: readonly string[];
  readonly height: number;
}

export function svgFooter(picture: PortPicture, width: number, highlight: readonly number[]): Footer {
  const legend = legendLines(picture);
  const marked = highlight.map(
    (port) =>
      `<rect class="ring" x="1" y="-10" width="12" height="12" rx="2"/><text x="22">${escapeXml(shorten(portName(picture, port), longestMark))}</text>`,
  );
  const left = [...marked, ...legend];
  const listColumns = Math.max(1, Math.floor((width - legendWidth) / listColumnWidth));
  const entries = entriesOf(picture);
  const lines = Math.min(mostLines, Math.max(fewestLines, left.length - 1, Math.ceil(entries.length / listColumns)));
  const most = listColumns * lines;
  const shown = entries.length <= most ? entries : entries.slice(0, most - 1);
  const rest = entries.length - shown.length;
  const list = [...shown.map(entryText), ...(rest > 0 ? [`<text class="quiet" x="22">and ${rest} more</text>`] : [])];
  const used = Math.min(lines, Math.ceil(list.length / listColumns));
  return {
    elements: [
      ...left.map((line, index) => at(0, index * lineHeight, line)),
      at(legendWidth, 0, `<text class="strong">${entries.length === 0 ? 'No port is taken' : 'Taken ports'}</text>`),
      ...list.map((line, index) =>
        at(legendWidth + Math.floor(index / used) * listColumnWidth, (1 + (index % used)) * lineHeight, line),
      ),
    ],
    height: Math.max(left.length, used + 1) * lineHeight,
  };
}

function at(x: number, y: number, content: string): string {
  return `<g transform="translate(${x} ${y + 12})">${content}</g>`;
}

/** Draws the look of a category with its letter, 14 pixels wide, on a line of text at 0. */
export function swatch(category: PortCategory): string {
  const { letter } = categories[category];
  return `<rect class="${category}" y="-11" width="14" height="14"/><text class="letter on-${category}" x="7" y="0">${letter}</text>`;
}

function legendLines(picture: PortPicture): string[] {
  const counts = countPorts(picture);
  const { startPort, numberOfPorts } = picture.dynamicPortRange;
  const dynamicText = portsText({ startPort, numberOfPorts });
  const rows = byImportance
    .filter((category) => counts[category] > 0)
    .map((category) => {
      const name = category === 'dynamic' ? `free, in the dynamic range ${dynamicText}` : categories[category].name;
      return `${swatch(category)}<text x="22">${name}</text><text class="number" x="380">${counts[category]}</text>`;
    });
  const [largest] = largestFreeRuns(picture, false, 1);
  const free = largest === undefined ? 'none' : `${portsText(largest)} (${lengthOf(largest)})`;
  return [...rows, `<text x="22" class="quiet">largest free block: ${free}</text>`];
}

interface Entry {
  readonly category: PortCategory;
  readonly ports: string;
  readonly name: string;
}

/** Lists each taken range once and each port in use, by ascending ports. */
function entriesOf({ runs }: PortPicture): Entry[] {
  const entries = new Map<string, Entry>();
  for (const run of runs.filter(({ kind }) => kind !== 'free')) {
    const ports = portsText(run.range ?? run);
    const category = categoryOf(run);
    entries.set(`${category} ${ports}`, { category, ports, name: nameOf(run) });
  }
  return [...entries.values()];
}

function nameOf(run: PortRun): string {
  const [first, ...others] = ownerNames(run);
  if (first === undefined) return run.range === undefined ? '' : `(${lengthOf(run.range)})`;
  const name = (run.owners?.[0]?.imageName ?? first) + (others.length > 0 ? ` and ${others.length} more` : '');
  return shorten(name, longestName);
}

function shorten(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

function entryText({ category, ports, name }: Entry): string {
  return `${swatch(category)}<text x="22">${ports} <tspan class="quiet">${escapeXml(name)}</tspan></text>`;
}
