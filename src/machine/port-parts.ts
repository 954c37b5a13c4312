// SPDX-License-Identifier: MIT
import { lastPortOf, overlaps } from '../common/port-ranges.js';
import type { PortBlock, PortRange } from '../common/ports.js';

export function isSame(one: PortRange, other: PortRange): boolean {
  return one.startPort === other.startPort && one.numberOfPorts === other.numberOfPorts;
}

/** The parts of a block that lie in none of the ranges. */
export function partsOutside(block: PortBlock, ranges: readonly PortRange[]): PortBlock[] {
  const { protocol } = block;
  const parts: PortBlock[] = [];
  let next = block.startPort;
  const take = (end: number): void => {
    if (end >= next) parts.push({ protocol, startPort: next, numberOfPorts: end - next + 1 });
  };
  const inOrder = ranges.filter((range) => overlaps(range, block)).sort((a, b) => a.startPort - b.startPort);
  for (const range of inOrder) {
    take(range.startPort - 1);
    next = Math.max(next, lastPortOf(range) + 1);
  }
  take(lastPortOf(block));
  return parts;
}
