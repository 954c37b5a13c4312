// SPDX-License-Identifier: MIT
import type { PortRange, Protocol } from '../../common/ports.js';
import type { MachineState } from './machine-state.js';
import { Refusal } from './refusal.js';

const maximalTries = 100;

/**
 * Chooses a block of the dynamic range, the next one in turn that suits. The last block that it tries is chosen even if
 * it does not suit, because no rule of Windows refuses it.
 */
export function chooseDynamicRun(
  state: MachineState,
  protocol: Protocol,
  numberOfPorts: number,
  suits: (range: PortRange) => boolean,
): PortRange {
  const pool = state.pools[protocol];
  for (let tries = 1; ; tries += 1) {
    const startPort = pool.findDynamicRun(numberOfPorts);
    if (startPort === undefined) throw new Refusal(state.assumptions.acquireWithoutFreeRun);
    const range = { startPort, numberOfPorts };
    pool.passTurn(range);
    if (tries === maximalTries || suits(range)) return range;
  }
}
