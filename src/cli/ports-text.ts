// SPDX-License-Identifier: MIT
import { portsText } from '../common/port-ranges.js';
import type { PortRange } from '../common/ports.js';

export function countText(numberOfPorts: number): string {
  return numberOfPorts === 1 ? '1 port' : `${numberOfPorts} ports`;
}

/** `tcp 5000-5019 (20 ports)`. */
export function blockText({ protocol, ...block }: PortRange & { readonly protocol: string }): string {
  return `${protocol} ${portsText(block)} (${countText(block.numberOfPorts)})`;
}
