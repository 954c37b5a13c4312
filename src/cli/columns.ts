// SPDX-License-Identifier: MIT
import { stripVTControlCharacters } from 'node:util';

/** One column: its head, and whether its cells are aligned to the right. */
export interface Column {
  readonly head: string;
  readonly right?: boolean;
}

/** Prints lines with aligned columns, two spaces apart. Cells may be styled, but must not contain wide characters. */
export function printColumns(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const lines = [columns.map(({ head }) => head), ...rows];
  const widths = columns.map((_, index) => Math.max(...lines.map((cells) => widthOf(cells[index] ?? ''))));
  return lines.map((cells) =>
    columns
      .map(({ right = false }, index) => pad(cells[index] ?? '', widths[index] ?? 0, right))
      .join('  ')
      .trimEnd(),
  );
}

function pad(cell: string, width: number, right: boolean): string {
  const spaces = ' '.repeat(width - widthOf(cell));
  return right ? spaces + cell : cell + spaces;
}

function widthOf(cell: string): number {
  return stripVTControlCharacters(cell).length;
}
