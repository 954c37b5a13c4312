// SPDX-License-Identifier: MIT
import type { PortRange } from '../../common/ports.js';

/** Port numbers are 16 bits; port 0 exists as a number, never as a port to bind. */
export const portCount = 65_536;

/** The port after the last one of the range. */
export function endOf(range: PortRange): number {
  return range.startPort + range.numberOfPorts;
}

export function contains(range: PortRange, port: number): boolean {
  return range.startPort <= port && port < endOf(range);
}

export function onePort(port: number): PortRange {
  return { startPort: port, numberOfPorts: 1 };
}

export function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port < portCount;
}

/** Whether Windows takes it for a block: no port 0, at least one port, none past 65535. */
export function isPortRange(range: PortRange): boolean {
  return isPort(range.startPort) && isPort(range.numberOfPorts) && endOf(range) <= portCount;
}
