// SPDX-License-Identifier: MIT
import { contains, type PortSpan } from '../../common/port-ranges.js';
import { categoryOf, spanOf, type PortCategory, type PortPicture } from './port-picture.js';

/**
 * A box is a thousand ports, and each of its rows a hundred, so that the digits of a port are those of its box, its row and
 * its column. Boxes that follow each other and show one category and nothing else become a strip, in which the ports lie
 * side by side.
 */
export interface Item extends PortSpan {
  /** The category of a strip; absent for a box. */
  readonly strip?: PortCategory;
  /** The upper left corner. */
  readonly x: number;
  readonly y: number;
}

/** The layout of the ports. The fewer boxes, the larger each port is. */
export interface Layout {
  /** The boxes and strips by ascending ports, downwards, column after column. */
  readonly items: readonly Item[];
  readonly cellWidth: number;
  readonly cellHeight: number;
  /** The rows of a box that have a label: each, or every fifth one. */
  readonly labelledRows: readonly number[];
  readonly width: number;
  readonly height: number;
}

export const portsOfBox = 1000;
export const portsOfRow = 100;
export const rowsOfBox = portsOfBox / portsOfRow;

export const labelWidth = 46;
export const headHeight = 22;
export const stripHeight = 18;
const columnGap = 22;
const itemGap = 8;

const everyRow = Array.from({ length: rowsOfBox }, (_, row) => row);
const large = { columns: 1, cellWidth: 9, cellHeight: 11, labelledRows: everyRow };
const medium = { columns: 2, cellWidth: 6, cellHeight: 7, labelledRows: [0, 5] };
const small = { columns: 3, cellWidth: 4, cellHeight: 4, labelledRows: [0, 5] };

export function layoutOf(picture: PortPicture, highlight: readonly number[]): Layout {
  const items = foldBoxes(picture, highlight);
  const boxes = items.filter(({ strip }) => strip === undefined).length;
  const { columns, ...size } = boxes <= 6 ? large : boxes <= 26 ? medium : small;
  const { cellWidth, cellHeight } = size;
  const heightOf = ({ strip }: FoldedItem): number =>
    (strip === undefined ? rowsOfBox * cellHeight : stripHeight) + itemGap;
  const total = items.reduce((sum, item) => sum + heightOf(item), 0);
  const columnStep = labelWidth + portsOfRow * cellWidth + columnGap;
  const placed: Item[] = [];
  let column = 0;
  let y = 0;
  let height = 0;
  for (const [index, item] of items.entries()) {
    // Begins a column if more than half of the item would lie below an equal share of all heights.
    if (index > 0 && column + 1 < columns && y + heightOf(item) / 2 > total / columns) {
      column += 1;
      y = 0;
    }
    placed.push({ ...item, x: labelWidth + column * columnStep, y: headHeight + y });
    y += heightOf(item);
    height = Math.max(height, headHeight + y - itemGap);
  }
  return { ...size, items: placed, width: (column + 1) * columnStep - columnGap, height };
}

type FoldedItem = Pick<Item, 'startPort' | 'endPort' | 'strip'>;

/** Lists the boxes; two or more that show one category become a strip. */
function foldBoxes(picture: PortPicture, highlight: readonly number[]): FoldedItem[] {
  const ports = spanOf(picture);
  const items: FoldedItem[] = [];
  let strip: { startPort: number; endPort: number; strip: PortCategory; boxes: number } | undefined;
  const endStrip = (): void => {
    if (strip === undefined) return;
    const { boxes, ...item } = strip;
    items.push(boxes > 1 ? item : { startPort: item.startPort, endPort: item.endPort });
    strip = undefined;
  };
  for (let startPort = Math.floor(ports.startPort / portsOfBox) * portsOfBox; startPort <= ports.endPort;) {
    const box = { startPort, endPort: startPort + portsOfBox - 1 };
    const only = highlight.some((port) => contains(box, port)) ? undefined : onlyCategory(picture, box);
    if (strip?.strip !== only) endStrip();
    if (only === undefined) items.push(box);
    else strip = { startPort, boxes: 0, ...strip, endPort: box.endPort, strip: only };
    if (strip !== undefined) strip.boxes += 1;
    startPort += portsOfBox;
  }
  endStrip();
  return items;
}

/** The category of all ports of the box; undefined if there are several, or if the picture has not the whole box. */
function onlyCategory({ runs }: PortPicture, box: PortSpan): PortCategory | undefined {
  const first = runs.findIndex((run) => contains(run, box.startPort));
  const last = runs.findIndex((run) => contains(run, box.endPort));
  const inside = first < 0 || last < 0 ? [] : runs.slice(first, last + 1).map(categoryOf);
  return inside.every((category) => category === inside[0]) ? inside[0] : undefined;
}

/** The rectangle of a port's cell. In a strip the cells are narrower than a pixel. */
export function cellOf(layout: Layout, port: number): { x: number; y: number; width: number; height: number } {
  const item = layout.items.find((each) => contains(each, port));
  if (item === undefined) throw new RangeError(`no place for port ${port}`);
  const { cellWidth, cellHeight } = layout;
  const offset = port - item.startPort;
  if (item.strip !== undefined) {
    const width = (portsOfRow * cellWidth) / (item.endPort + 1 - item.startPort);
    return { x: item.x + offset * width, y: item.y, width, height: stripHeight };
  }
  const row = Math.floor(offset / portsOfRow);
  return {
    x: item.x + (offset % portsOfRow) * cellWidth,
    y: item.y + row * cellHeight,
    width: cellWidth,
    height: cellHeight,
  };
}

/** Draws the consecutive ports that lie in boxes: in each the end of a row, whole rows, and the start of a row. */
export function outline(layout: Layout, { startPort, endPort }: PortSpan): string {
  const { cellWidth, cellHeight } = layout;
  const rectangles: string[] = [];
  for (const item of layout.items.filter(({ strip }) => strip === undefined)) {
    const last = Math.min(endPort, item.endPort);
    for (let port = Math.max(startPort, item.startPort); port <= last;) {
      const column = port % portsOfRow;
      const wholeRows = column === 0 ? Math.floor((last + 1 - port) / portsOfRow) : 0;
      const ports = wholeRows > 0 ? portsOfRow : Math.min(portsOfRow - column, last + 1 - port);
      const { x, y } = cellOf(layout, port);
      const width = ports * cellWidth;
      rectangles.push(`M${x} ${y}h${width}v${Math.max(wholeRows, 1) * cellHeight}h-${width}z`);
      port += wholeRows > 0 ? wholeRows * portsOfRow : ports;
    }
  }
  return rectangles.join('');
}
