// SPDX-License-Identifier: MIT
import { stripVTControlCharacters } from 'node:util';

/** One column: its head, and whether its cells are aligned to the right. Such a column has numbers, and keeps its width. */
export interface Column {
  readonly head: string;
  readonly right?: boolean;
}

/** A text, or one with a function that colors each of its lines. */
export type Cell = string | { readonly text: string; readonly paint: (line: string) => string };

const leastWidth = 8;
const gap = 2;

/**
 * Prints lines with aligned columns, two spaces apart. Where they are wider than the width, empty columns are left out, the
 * widest columns of text become narrower, and their cells go on in the next line.
 *
 * @param rows - Cells that are only text may be colored if the width has no limit. No cell has wide characters.
 */
export function printColumns(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  width = Infinity,
): string[] {
  const table = [columns.map(({ head }) => head), ...rows];
  const natural = columns.map((_, index) => widest(table, index, (text) => [text]));
  if (total(natural) > width) {
    const filled = columns.map((_, index) => rows.some((cells) => textOf(cells[index]) !== ''));
    if (filled.includes(false)) {
      const isFilled = (_: unknown, index: number): boolean => filled[index] === true;
      return printColumns(
        columns.filter(isFilled),
        rows.map((cells) => cells.filter(isFilled)),
        width,
      );
    }
  }
  const words = columns.map((_, index) => widest(table, index, (text) => text.split(' ')));
  const widths = narrow(columns, narrow(columns, natural, width, words), width);
  return table.flatMap((cells) => {
    const broken = widths.map((each, index) => breakCell(textOf(cells[index]), each));
    const height = Math.max(...broken.map((lines) => lines.length));
    return Array.from({ length: height }, (_, line) =>
      columns
        .map(({ right = false }, index) => {
          const text = broken[index]?.[line] ?? '';
          const spaces = ' '.repeat(Math.max(0, (widths[index] ?? 0) - widthOf(text)));
          const painted = paintOf(cells[index])(text);
          return right ? spaces + painted : painted + spaces;
        })
        .join(' '.repeat(gap))
        .trimEnd(),
    );
  });
}

function widest(table: readonly (readonly Cell[])[], index: number, parts: (text: string) => string[]): number {
  return Math.max(...table.flatMap((cells) => parts(textOf(cells[index])).map(widthOf)));
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, each) => sum + each, gap * (widths.length - 1));
}

/** Takes one character after the other from the widest column of text that is wider than its lowest width. */
function narrow(
  columns: readonly Column[],
  before: readonly number[],
  width: number,
  lowest: readonly number[] = [],
): number[] {
  const widths = [...before];
  const spare = (index: number): boolean =>
    columns[index]?.right !== true && (widths[index] ?? 0) > Math.max(leastWidth, lowest[index] ?? 0);
  while (total(widths) > width) {
    const most = Math.max(...widths.map((each, index) => (spare(index) ? each : 0)));
    const place = widths.findIndex((each, index) => each === most && spare(index));
    if (place === -1) break;
    widths[place] = most - 1;
  }
  return widths;
}

/** Breaks between words, and inside a word that is too long for a line of its own, such as the name of a file. */
function breakCell(text: string, width: number): string[] {
  if (widthOf(text) <= width) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    for (line = word; line.length > width; line = line.slice(width)) lines.push(line.slice(0, width));
  }
  return [...lines, line];
}

function textOf(cell: Cell = ''): string {
  return typeof cell === 'string' ? cell : cell.text;
}

function paintOf(cell: Cell = ''): (line: string) => string {
  return typeof cell === 'string' ? (line) => line : cell.paint;
}

function widthOf(text: string): number {
  return stripVTControlCharacters(text).length;
}
