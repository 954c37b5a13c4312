// SPDX-License-Identifier: MIT
import type { PortBlock } from '../common/ports.js';

/** A runtime reservation of this thread. */
export interface LiveBlock extends PortBlock {
  readonly token: bigint;
}

// Windows has no call that lists the runtime reservations of a process.
const live = new Set<LiveBlock>();

/** Records a runtime reservation until its owner deletes it here, or the finalizer does after the owner was garbage-collected. */
export function addLiveBlock(block: LiveBlock): void {
  live.add(block);
}

/** Removes a block that was freed. */
export function deleteLiveBlock(block: LiveBlock): void {
  live.delete(block);
}

/** Finds the block of a runtime reservation of this thread. */
export function findLiveBlock(token: bigint): PortBlock | undefined {
  for (const block of live) if (block.token === token) return portsOf(block);
  return undefined;
}

/** Lists the runtime reservations of this thread. */
export function listLiveBlocks(): PortBlock[] {
  return Array.from(live, portsOf);
}

function portsOf({ protocol, startPort, numberOfPorts }: LiveBlock): PortBlock {
  return { protocol, startPort, numberOfPorts };
}
