// SPDX-License-Identifier: MIT
import { contains, lengthOf, portsText } from '../../common/port-ranges.js';
import { byImportance, categories } from './categories.js';
import { categoryOf, spanOf, type PortPicture, type PortRun } from './port-picture.js';
import { escapeXml, runName } from './run-names.js';
import {
  cellOf,
  headHeight,
  outline,
  portsOfRow,
  rowsOfBox,
  stripHeight,
  type Item,
  type Layout,
} from './svg-layout.js';

/** The height of the cells in which a letter can be read. */
const letterHeight = 9;

/** Draws the ports of one protocol with their labels; the upper left corner is 0 0. */
export function svgPanel(picture: PortPicture, layout: Layout, highlight: readonly number[]): string[] {
  const boxes = layout.items.filter(({ strip }) => strip === undefined);
  return [
    ...columnLabels(layout),
    ...boxes.map((box) => rowLabels(picture, layout, box)),
    '<g shape-rendering="crispEdges">',
    ...byImportance.toReversed().flatMap((category) => {
      const runs = picture.runs.filter((run) => categoryOf(run) === category);
      const drawn = runs.map((run) => drawRun(layout, run)).filter((each) => each !== '');
      return drawn.length === 0 ? [] : [`<g class="${category}">`, ...drawn, '</g>'];
    }),
    `<path class="grid" d="${boxes.map((box) => gridLines(layout, box)).join('')}"/>`,
    '</g>',
    ...layout.items.map((item) => drawStrip(layout, item)).filter((each) => each !== ''),
    ...letters(picture, layout),
    ...highlight.filter((port) => contains(spanOf(picture), port)).map((port) => highlightMark(layout, port)),
  ];
}

/** Labels the columns of the boxes, above each column of the picture. */
function columnLabels({ items, cellWidth }: Layout): string[] {
  return [...new Set(items.map(({ x }) => x))].map((left) =>
    Array.from({ length: 10 }, (_, tens) => {
      const text = String(tens * 10).padStart(2, '0');
      return `<text class="label" x="${left + tens * 10 * cellWidth}" y="${headHeight - 7}">${text}</text>`;
    }).join(''),
  );
}

function rowLabels(picture: PortPicture, { labelledRows, cellHeight }: Layout, { startPort, x, y }: Item): string {
  return labelledRows
    .filter((row) => startPort + row * portsOfRow <= spanOf(picture).endPort)
    .map((row) => {
      const middle = y + row * cellHeight + Math.max(cellHeight / 2, 4) + 4;
      const label = `label number${row === 0 ? ' strong' : ''}`;
      return `<text class="${label}" x="${x - 7}" y="${middle}">${startPort + row * portsOfRow}</text>`;
    })
    .join('');
}

function drawRun(layout: Layout, run: PortRun): string {
  const path = outline(layout, run);
  return path === '' ? '' : `<path d="${path}"><title>${escapeXml(runName(run))}</title></path>`;
}

/** Draws a strip with its ports and their category as words. */
function drawStrip({ cellWidth }: Layout, { startPort, endPort, strip, x, y }: Item): string {
  if (strip === undefined) return '';
  const width = portsOfRow * cellWidth;
  const words = `${portsText({ startPort, endPort })}: ${categories[strip].shortName}`;
  return [
    `<rect class="${strip}" x="${x}" y="${y}" width="${width}" height="${stripHeight}"/>`,
    `<text class="label number strong" x="${x - 7}" y="${y + 13}">${startPort}</text>`,
    `<text class="strip on-${strip}" x="${x + width / 2}" y="${y + 13}">${words}</text>`,
  ].join('');
}

/** Parts the cells where they are large enough, else every ten of them, which is what a label names. */
function gridLines({ cellWidth, cellHeight }: Layout, { x, y }: Item): string {
  const isLarge = cellHeight >= letterHeight;
  const step = isLarge ? 1 : 10;
  const lines: string[] = [];
  for (let column = step; column < portsOfRow; column += step) {
    lines.push(`M${x + column * cellWidth - 0.5} ${y}v${rowsOfBox * cellHeight}`);
  }
  for (let row = isLarge ? 1 : 5; row < rowsOfBox; row += isLarge ? 1 : 5) {
    lines.push(`M${x} ${y + row * cellHeight - 0.5}h${portsOfRow * cellWidth}`);
  }
  return lines.join('');
}

/** Writes the letter of each taken block into its first cell, so that no reader depends on color. */
function letters({ runs }: PortPicture, layout: Layout): string[] {
  if (layout.cellHeight < letterHeight) return [];
  const inBox = (port: number): boolean =>
    layout.items.some((item) => item.strip === undefined && contains(item, port));
  return runs
    .filter(({ kind, startPort }) => kind !== 'free' && inBox(startPort))
    .map((run) => {
      const { x, y, width, height } = cellOf(layout, run.startPort);
      const category = categoryOf(run);
      const isNarrow = lengthOf(run) === 1;
      const center = x + (isNarrow ? width / 2 - 0.5 : width);
      return `<text class="letter on-${category}" x="${center}" y="${y + height - 2.5}">${categories[category].letter}</text>`;
    });
}

function highlightMark(layout: Layout, port: number): string {
  const { x, y, width, height } = cellOf(layout, port);
  const ring = `x="${x - 2.5}" y="${y - 2.5}" width="${width + 4}" height="${height + 4}" rx="2"`;
  const text = `x="${x + width + 6}" y="${y + height / 2 + 5}"`;
  return `<rect class="halo" ${ring}/><rect class="ring" ${ring}/><text class="callout" ${text}>${port}</text>`;
}
