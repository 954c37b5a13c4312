// SPDX-License-Identifier: MIT
import type { PortRange } from '../common/ports.js';

/** `5000`, or `5000-5019`. */
export function portsText(startPort: number, endPort: number): string {
  return startPort === endPort ? String(startPort) : `${startPort}-${endPort}`;
}

export function countText(numberOfPorts: number): string {
  return numberOfPorts === 1 ? '1 port' : `${numberOfPorts} ports`;
}

/** `tcp 5000-5019 (20 ports)`. */
export function blockText({ protocol, startPort, numberOfPorts }: PortRange & { protocol: string }): string {
  return `${protocol} ${portsText(startPort, startPort + numberOfPorts - 1)} (${countText(numberOfPorts)})`;
}
