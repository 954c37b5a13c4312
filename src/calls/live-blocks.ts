// SPDX-License-Identifier: MIT
import type { PortBlock } from '../common/ports.js';

type Blocks = Map<bigint, PortBlock>;

// No call of Windows lists the runtime reservations of a process. By owner and token, because a program may have thousands.
const blocksOf = new WeakMap<object, Blocks>();
const live = new Set<Blocks>();
const collected = new FinalizationRegistry<Blocks>((blocks) => {
  live.delete(blocks);
});

/** Notes a runtime reservation of this thread, for as long as its owner exists and does not say that it is freed. */
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

/** @param token - That of the block that was freed; default every block of the owner. */
export function deleteLiveBlocks(owner: object, token?: bigint): void {
  const blocks = blocksOf.get(owner);
  if (!blocks) return;
  if (token === undefined) blocks.clear();
  else blocks.delete(token);
  if (blocks.size === 0) live.delete(blocks);
}

/** The blocks that this thread has reserved at runtime. */
export function listLiveBlocks(): PortBlock[] {
  return [...live].flatMap((blocks) => [...blocks.values()]);
}
