// SPDX-License-Identifier: MIT
import type { PortBlock } from '../common/ports.js';

type Blocks = Map<bigint, PortBlock>;

// Windows has no call that lists the runtime reservations of a process. The blocks are kept by owner and token, because a
// program may have thousands of them.
const blocksOf = new WeakMap<object, Blocks>();
const live = new Set<Blocks>();
const collected = new FinalizationRegistry<Blocks>((blocks) => {
  live.delete(blocks);
});

/** Records a runtime reservation of this thread until its owner is garbage-collected or reports that it was freed. */
export function addLiveBlock(owner: object, { protocol, startPort, numberOfPorts }: PortBlock, token: bigint): void {
  let blocks = blocksOf.get(owner);
  if (!blocks) {
    blocks = new Map();
    blocksOf.set(owner, blocks);
    collected.register(owner, blocks);
  }
  blocks.set(token, { protocol, startPort, numberOfPorts });
  live.add(blocks);
}

/**
 * Removes blocks that were freed.
 *
 * @param token - The token of the freed block; default every block of the owner.
 */
export function deleteLiveBlocks(owner: object, token?: bigint): void {
  const blocks = blocksOf.get(owner);
  if (!blocks) return;
  if (token === undefined) blocks.clear();
  else blocks.delete(token);
  if (blocks.size === 0) live.delete(blocks);
}

/** Finds the block of a runtime reservation of this thread. */
export function findLiveBlock(token: bigint): PortBlock | undefined {
  return [...live].find((blocks) => blocks.has(token))?.get(token);
}

/** Lists the runtime reservations of this thread. */
export function listLiveBlocks(): PortBlock[] {
  return [...live].flatMap((blocks) => [...blocks.values()]);
}
