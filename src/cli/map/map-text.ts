// SPDX-License-Identifier: MIT
import { lengthOf, portCount, portsText } from '../../common/port-ranges.js';
import { printColumns } from '../columns.js';
import { hasColor, type Style } from '../outcome.js';
import { byImportance, categories } from './categories.js';
import { categoryOf, countPorts, largestFreeRuns, type PortCategory, type PortPicture } from './port-picture.js';

const lineCount = 32;
const columnCount = 64;
const portsOfLine = portCount / lineCount;
const labelWidth = 5;

/**
 * Draws the picture for a terminal, 71 columns wide. With color, a letter shows two cells of 16 ports, one above the
 * other; without color, it is one cell of 32 ports.
 */
export function mapText(picture: PortPicture, style: Style): string {
  const isColored = hasColor(style);
  const lines = isColored ? coloredLines(picture, style) : letterLines(picture);
  const rows = lines.map((line, index) => `${String(index * portsOfLine).padStart(labelWidth)}  ${line}`);
  const title = isColored
    ? 'a half block stands for 16 ports; the lower half begins 1024 ports later'
    : 'a letter stands for 32 ports and shows the most important of them';
  return [
    `${style('bold', picture.protocol.toUpperCase())}: ${title}`,
    axis(isColored ? portsOfLine / 2 : portsOfLine),
    ...rows,
    '',
    ...legend(picture, style, isColored),
    '',
  ].join('\n');
}

function axis(portsOfRow: number): string {
  const marks = [0, 1, 2, 3].map((quarter) => `+${(quarter * portsOfRow) / 4}`.padEnd(columnCount / 4));
  return `${' '.repeat(labelWidth + 2)}${marks.join('')}`.trimEnd();
}

function letterLines(picture: PortPicture): string[] {
  const cells = cellsOf(picture, lineCount * columnCount).map((category) => categories[category].letter);
  return Array.from({ length: lineCount }, (_, line) =>
    cells.slice(line * columnCount, (line + 1) * columnCount).join(''),
  );
}

function coloredLines(picture: PortPicture, style: Style): string[] {
  const cells = cellsOf(picture, 2 * lineCount * columnCount);
  return Array.from({ length: lineCount }, (_, line) => {
    const upper = cells.slice(2 * line * columnCount, (2 * line + 1) * columnCount);
    const lower = cells.slice((2 * line + 1) * columnCount, (2 * line + 2) * columnCount);
    return paintLine(upper, lower, style);
  });
}

/** Paints adjacent letters of the same two colors together. */
function paintLine(upper: readonly PortCategory[], lower: readonly PortCategory[], style: Style): string {
  let line = '';
  for (let start = 0, column = 1; column <= columnCount; column += 1) {
    const above = upper[start] ?? 'free';
    const below = lower[start] ?? 'free';
    if (column < columnCount && upper[column] === above && lower[column] === below) continue;
    const { color } = categories[below];
    const background = `bg${color.charAt(0).toUpperCase()}${color.slice(1)}` as `bg${Capitalize<typeof color>}`;
    line += style([categories[above].color, background], '▀'.repeat(column - start));
    start = column;
  }
  return line;
}

/** Finds the most important category of each cell. */
function cellsOf({ runs }: PortPicture, cellCount: number): PortCategory[] {
  const portsOfCell = portCount / cellCount;
  const cells = new Array<PortCategory>(cellCount).fill('free');
  for (const run of runs) {
    const category = categoryOf(run);
    const last = Math.floor(run.endPort / portsOfCell);
    for (let cell = Math.floor(run.startPort / portsOfCell); cell <= last; cell += 1) {
      const known = cells[cell] ?? 'free';
      if (byImportance.indexOf(category) < byImportance.indexOf(known)) cells[cell] = category;
    }
  }
  return cells;
}

function legend(picture: PortPicture, style: Style, isColored: boolean): string[] {
  const counts = countPorts(picture);
  const rows = byImportance
    .filter((category) => counts[category] > 0)
    .map((category) => {
      const { color, letter, name } = categories[category];
      return [isColored ? style(color, '██') : letter, name, String(counts[category])];
    });
  const [, ...lines] = printColumns([{ head: '' }, { head: '' }, { head: '', right: true }], rows);
  const free = [false, true].map((dynamic) => {
    const runs = largestFreeRuns(picture, dynamic).map((run) => `${portsText(run)} (${lengthOf(run)})`);
    return `${dynamic ? '    dynamic range:' : 'largest free runs:'} ${runs.length === 0 ? 'none' : runs.join(', ')}`;
  });
  return [...lines, '', ...free];
}
