// SPDX-License-Identifier: MIT
import type { PortRange } from './ports.js';

/** The highest port. */
export const maxPort = 0xffff;

/** The number of port numbers, including port 0, to which no socket can be bound. */
export const portCount = maxPort + 1;

/** Consecutive ports by their first and last port, both included. */
export interface PortSpan {
  readonly startPort: number;
  readonly endPort: number;
}

/** Consecutive ports in either form. */
export type Ports = PortRange | PortSpan;

/** Gives the last port, which belongs to the ports. */
export function lastPortOf(ports: Ports): number {
  // Object.prototype must not supply it.
  if (Object.hasOwn(ports, 'endPort')) return (ports as PortSpan).endPort;
  const { startPort, numberOfPorts } = ports as PortRange;
  return startPort + numberOfPorts - 1;
}

export function lengthOf(ports: Ports): number {
  return lastPortOf(ports) - ports.startPort + 1;
}

export function contains(ports: Ports, port: number): boolean {
  return ports.startPort <= port && port <= lastPortOf(ports);
}

/** Tells whether two ranges have a port in common. */
export function overlaps(one: Ports, other: Ports): boolean {
  return one.startPort <= lastPortOf(other) && other.startPort <= lastPortOf(one);
}

/** Tells whether a socket can be bound to the number. */
export function isPort(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= maxPort;
}

/** `5000`, or `5000-5019`. */
export function portsText(ports: Ports): string {
  const { startPort } = ports;
  const endPort = lastPortOf(ports);
  return startPort === endPort ? String(startPort) : `${startPort}-${endPort}`;
}
