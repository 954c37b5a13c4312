// SPDX-License-Identifier: MIT
import { maxPort, type PortSpan } from './port-ranges.js';
import type { PortRange } from './ports.js';

/** Where ports are searched for unless the caller says otherwise: above those that other systems than Windows keep for root. */
export const anyPlace: PortSpan = { startPort: 1024, endPort: maxPort };

/** The range from which Windows chooses ports since Vista, unless an administrator changed it. RFC 6335 names it too. */
export const defaultDynamicRange: PortRange = { startPort: 49_152, numberOfPorts: 16_384 };

/**
 * The block that WSL with mirrored networking usually reserves on the host. No list shows it (microsoft/WSL#12228,
 * microsoft/WSL#40169), and it is not there before WSL starts.
 */
export const mirroredWslBlock: PortRange = { startPort: 44_620, numberOfPorts: 4096 };

/** Windows excludes these TCP ports itself; a stock machine has the row (microsoft/msquic#2891). */
const exclusionOfWindows: PortRange = { startPort: 50_000, numberOfPorts: 60 };

/** Whether the excluded range is the one that Windows itself makes, and no administrator. */
export function isOfWindows(range: PortRange | undefined): boolean {
  return range?.startPort === exclusionOfWindows.startPort && range.numberOfPorts === exclusionOfWindows.numberOfPorts;
}

/** WinNAT takes 100 ports at a time (docker/for-win#3171), HNS takes 64 for a load balancer (microsoft/SDN#399). */
const widths = new Map<number, 'WinNAT' | 'HNS'>([
  [100, 'WinNAT'],
  [64, 'HNS'],
]);

/** Names the part of Windows whose blocks are as wide as the range, which has no star; undefined for another width. */
export function likelyHolder({ numberOfPorts }: PortRange): 'WinNAT' | 'HNS' | undefined {
  return widths.get(numberOfPorts);
}
