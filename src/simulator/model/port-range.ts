// SPDX-License-Identifier: MIT
import { isPort, lastPortOf, maxPort } from '../../common/port-ranges.js';
import type { PortRange } from '../../common/ports.js';

/** The port after the last one of the range. */
export function endOf(range: PortRange): number {
  return lastPortOf(range) + 1;
}

export function onePort(port: number): PortRange {
  return { startPort: port, numberOfPorts: 1 };
}

/** Whether Windows takes it for a block: no port 0, at least one port, none past 65535. */
export function isPortRange(range: PortRange): boolean {
  return isPort(range.startPort) && isPort(range.numberOfPorts) && lastPortOf(range) <= maxPort;
}
