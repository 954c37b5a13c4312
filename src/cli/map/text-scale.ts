// SPDX-License-Identifier: MIT
import { lengthOf, type PortSpan } from '../../common/port-ranges.js';

/** How many ports a line, a group of letters and a letter of the map in letters stand for. */
export interface TextScale {
  readonly portsOfLine: number;
  readonly portsOfGroup: number;
  readonly portsOfLetter: number;
}

export const labelWidth = 5;
export const labelGap = '  ';

const groupsOfLine = 10;
const mostLines = 66;

/**
 * Lines of a power of ten: the label of a line and the head of a column are then the first and the last digits of a port. A
 * line of ten ports has room for the few that it shows only where the map is short.
 */
const candidates = [
  { portsOfLine: 1000, most: mostLines },
  { portsOfLine: 100, most: mostLines },
  { portsOfLine: 10, most: groupsOfLine },
];
const divisors = [1, 2, 4, 5, 10, 20, 25, 50, 100];

/** Finds the scale that shows most of the ports in a terminal of the width. */
export function textScale(ports: PortSpan, columns: number): TextScale {
  const scales = candidates
    .filter(({ portsOfLine, most }) => linesOf(ports, portsOfLine) <= most)
    .flatMap(({ portsOfLine }) =>
      divisors
        .map((portsOfLetter) => ({ portsOfLine, portsOfGroup: portsOfLine / groupsOfLine, portsOfLetter }))
        .filter(({ portsOfGroup }, index) => portsOfGroup % (divisors[index] ?? 1) === 0),
    );
  const fitting = scales.filter((scale) => widthOf(scale) <= columns);
  const [best] = fitting.sort(
    (one, other) => one.portsOfLetter - other.portsOfLetter || other.portsOfLine - one.portsOfLine,
  );
  return best ?? { portsOfLine: 1000, portsOfGroup: 100, portsOfLetter: 100 };
}

export function firstLineOf({ startPort }: PortSpan, portsOfLine: number): number {
  return Math.floor(startPort / portsOfLine);
}

export function linesOf(ports: PortSpan, portsOfLine: number): number {
  const last = Math.floor((ports.startPort + lengthOf(ports) - 1) / portsOfLine);
  return last - firstLineOf(ports, portsOfLine) + 1;
}

function widthOf({ portsOfLine, portsOfGroup, portsOfLetter }: TextScale): number {
  const gaps = groupsOfLine - 1;
  const letters = portsOfLine / portsOfLetter;
  return labelWidth + labelGap.length + letters + (portsOfGroup === 1 ? 0 : gaps);
}
