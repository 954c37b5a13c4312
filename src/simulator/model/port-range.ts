// SPDX-License-Identifier: MIT
import { isPort, lastPortOf, maxPort } from '../../common/port-ranges.js';
import type { PortRange } from '../../common/ports.js';

/** Returns the port after the last port of the range. */
export function endOf(range: PortRange): number {
  return lastPortOf(range) + 1;
}

export function onePort(port: number): PortRange {
  return { startPort: port, numberOfPorts: 1 };
}

/** Tells whether Windows accepts the range as a block: no port 0, at least one port, none past 65535. */
export function isPortRange(range: PortRange): boolean {
  return isPort(range.startPort) && isPort(range.numberOfPorts) && lastPortOf(range) <= maxPort;
}

/** @throws RangeError for a number that no socket can be bound to. */
export function checkPort(port: number): void {
  if (!isPort(port)) throw new RangeError(`${String(port)} is not a port`);
}
