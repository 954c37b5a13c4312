// SPDX-License-Identifier: MIT
import type { PortBlock } from '../../../src/common/ports.js';
import type { SimulatedWindows } from '../../../src/simulator/index.js';

/** The block to protect. */
export const block: PortBlock = { protocol: 'tcp', startPort: 3000, numberOfPorts: 1 };
/** A block of WinNAT over that block. */
export const winNatBlock: PortBlock = { protocol: 'tcp', startPort: 2969, numberOfPorts: 100 };
/** The block that WinNAT takes instead. */
export const elsewhere: PortBlock = { protocol: 'tcp', startPort: 5069, numberOfPorts: 100 };

/** The rows of netsh, without what stands behind them. */
export function rowsOf(machine: SimulatedWindows): string[] {
  return machine.excludedPortRanges('tcp').map(({ startPort, endPort, administered }) => {
    return `${startPort}-${endPort}${administered ? ' *' : ''}`;
  });
}
