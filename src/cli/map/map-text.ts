// SPDX-License-Identifier: MIT
import { lengthOf, portsText, type PortSpan } from '../../common/port-ranges.js';
import { printable } from '../../common/printable.js';
import { printColumns } from '../columns.js';
import type { Style } from '../outcome.js';
import { wrap } from '../wrap.js';
import { byImportance, categories } from './categories.js';
import {
  categoryOf,
  countPorts,
  largestFreeRuns,
  spanOf,
  type PortCategory,
  type PortPicture,
} from './port-picture.js';
import { portName } from './run-names.js';
import { dateText, type Stamp } from './stamp.js';
import { firstLineOf, labelGap, labelWidth, linesOf, textScale, type TextScale } from './text-scale.js';

export interface TextOptions {
  readonly stamp: Stamp;
  /** The ports to mark. */
  readonly highlight: readonly number[];
  /** The width of the terminal. */
  readonly columns: number;
  readonly style: Style;
}

/** A letter of the map: the category it shows, `mark` for a marked port, or undefined outside the ports of the map. */
type Cell = PortCategory | 'mark' | undefined;

/** Draws the ports in letters. Colors repeat the letters and add nothing, so both pictures are the same. */
export function mapText(picture: PortPicture, { stamp, highlight, columns, style }: TextOptions): string {
  const { protocol } = picture;
  const scale = textScale(spanOf(picture), columns);
  const { portsOfLetter } = scale;
  const title = `${style('bold', protocol.toUpperCase())} ports of ${printable(stamp.host)}, ${dateText(stamp)}`;
  const meaning =
    portsOfLetter === 1
      ? 'a letter is a port'
      : `a letter is ${portsOfLetter} ports, and shows the most important of them`;
  return [
    title,
    meaning,
    '',
    axis(scale),
    ...drawLines(picture, scale, highlight, style),
    '',
    ...highlight.flatMap((port) => wrap(printable(portName(picture, port)), style, '*  ')),
    ...(highlight.length > 0 ? [''] : []),
    ...legend(picture, style),
    '',
  ].join('\n');
}

/** Prints the digits that follow those of a line's label, above each group of letters; the first digit where that is narrow. */
function axis({ portsOfLine, portsOfGroup, portsOfLetter }: TextScale): string {
  const letters = portsOfGroup / portsOfLetter;
  const digits = String(portsOfLine).length - 1;
  const heads = Array.from({ length: portsOfLine / portsOfGroup }, (_, group) => {
    const head = String(group * portsOfGroup).padStart(digits, '0');
    return (head.length <= letters ? head : head.slice(0, 1)).padEnd(letters);
  });
  return `${' '.repeat(labelWidth)}${labelGap}${heads.join(gapOf(portsOfGroup))}`.trimEnd();
}

function gapOf(portsOfGroup: number): string {
  return portsOfGroup === 1 ? '' : ' ';
}

interface Line {
  readonly startPort: number;
  readonly cells: readonly Cell[];
}

/** Draws a line for each thousand, or hundred; lines that show one category and nothing else become one. */
function drawLines(picture: PortPicture, scale: TextScale, highlight: readonly number[], style: Style): string[] {
  const lines = linesOfCells(picture, scale, highlight);
  const drawn: string[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index];
    if (line === undefined) continue;
    const only = onlyCategory(line);
    let last = index;
    while (only !== undefined && lines[last + 1] && onlyCategory(lines[last + 1]) === only) last += 1;
    const label = `${String(line.startPort).padStart(labelWidth)}${labelGap}`;
    if (only !== undefined && last - index >= 2) {
      const endPort = Math.min((lines[last]?.startPort ?? 0) + scale.portsOfLine - 1, spanOf(picture).endPort);
      const { letter, shortName } = categories[only];
      drawn.push(`${label}${paint(only, letter.repeat(3), style)} to ${endPort}: ${shortName}`);
      index = last;
    } else {
      drawn.push(`${label}${paintLine(line.cells, scale, style)}`.trimEnd());
    }
  }
  return drawn;
}

function onlyCategory(line: Line | undefined): PortCategory | undefined {
  const [first] = line?.cells ?? [];
  const isAlone = first !== undefined && first !== 'mark' && line?.cells.every((cell) => cell === first);
  return isAlone === true ? first : undefined;
}

function linesOfCells(picture: PortPicture, scale: TextScale, highlight: readonly number[]): Line[] {
  const { portsOfLine, portsOfLetter } = scale;
  const ports = spanOf(picture);
  const first = firstLineOf(ports, portsOfLine);
  const lineLength = portsOfLine / portsOfLetter;
  const cells = cellsOf(picture, first * portsOfLine, linesOf(ports, portsOfLine) * lineLength, portsOfLetter);
  for (const port of highlight) {
    const cell = Math.floor((port - first * portsOfLine) / portsOfLetter);
    if (cells[cell] !== undefined) cells[cell] = 'mark';
  }
  return Array.from({ length: cells.length / lineLength }, (_, index) => ({
    startPort: (first + index) * portsOfLine,
    cells: cells.slice(index * lineLength, (index + 1) * lineLength),
  }));
}

/** Finds the most important category of each cell. */
function cellsOf({ runs }: PortPicture, firstPort: number, cellCount: number, portsOfCell: number): Cell[] {
  const cells = new Array<Cell>(cellCount).fill(undefined);
  const cellOf = (port: number): number => Math.floor((port - firstPort) / portsOfCell);
  for (const run of runs) {
    const category = categoryOf(run);
    for (let cell = cellOf(run.startPort); cell <= cellOf(run.endPort); cell += 1) {
      const known = cells[cell] as PortCategory | undefined;
      if (known === undefined || byImportance.indexOf(category) < byImportance.indexOf(known)) cells[cell] = category;
    }
  }
  return cells;
}

/** Paints adjacent letters of the same category together. */
function paintLine(cells: readonly Cell[], { portsOfGroup, portsOfLetter }: TextScale, style: Style): string {
  const groupLength = portsOfGroup / portsOfLetter;
  let line = '';
  for (let start = 0, end = 1; end <= cells.length; end += 1) {
    const isSame = end < cells.length && cells[end] === cells[start] && end % groupLength !== 0;
    if (isSame) continue;
    const cell = cells[start];
    const letter = cell === undefined ? ' ' : cell === 'mark' ? '*' : categories[cell].letter;
    line += paint(cell, letter.repeat(end - start), style);
    if (end % groupLength === 0 && end < cells.length) line += gapOf(portsOfGroup);
    start = end;
  }
  return line;
}

/** Applies one format after the other: given a list, styleText of Node 20 colors a text for a pipe too. */
function paint(cell: Cell, text: string, style: Style): string {
  if (cell === undefined) return text;
  const formats: readonly Parameters<Style>[0][] = cell === 'mark' ? ['bold', 'inverse'] : categories[cell].formats;
  return formats.reduce<string>((painted, format) => style(format, painted), text);
}

function legend(picture: PortPicture, style: Style): string[] {
  const counts = countPorts(picture);
  const rows = byImportance
    .filter((category) => counts[category] > 0)
    .map((category) => {
      const { letter, name } = categories[category];
      return [paint(category, letter, style), name, String(counts[category])];
    });
  const [, ...lines] = printColumns([{ head: '' }, { head: '' }, { head: '', right: true }], rows);
  return [...lines, '', ...freeText(picture, false, style), ...freeText(picture, true, style)];
}

function freeText(picture: PortPicture, dynamic: boolean, style: Style): string[] {
  // The number of ports stays in the line of its ports.
  const runs = largestFreeRuns(picture, dynamic).map((run: PortSpan) => `${portsText(run)}\u00a0(${lengthOf(run)})`);
  if (dynamic && runs.length === 0) return [];
  const lines = wrap(runs.join(', ') || 'none', style, dynamic ? '    dynamic range: ' : 'largest free runs: ');
  return lines.map((line) => line.replaceAll('\u00a0', ' '));
}
