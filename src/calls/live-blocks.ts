// SPDX-License-Identifier: MIT
import type { PortBlock } from '../common/ports.js';

interface LiveBlock extends PortBlock {
  readonly token: bigint;
}

/** The blocks of one owner, which are few: a list takes a third of the memory of a Map. */
type Blocks = LiveBlock[];

// Windows has no call that lists the runtime reservations of a process. The blocks are kept by owner, because a program may
// have thousands of reservations.
const blocksOf = new WeakMap<object, Blocks>();
const live = new Set<Blocks>();
const collected = new FinalizationRegistry<Blocks>((blocks) => {
  live.delete(blocks);
});

/** Records a runtime reservation of this thread until its owner is garbage-collected or reports that it was freed. */
export function addLiveBlock(owner: object, { protocol, startPort, numberOfPorts }: PortBlock, token: bigint): void {
  const block = { protocol, startPort, numberOfPorts, token };
  const blocks = blocksOf.get(owner);
  if (blocks) {
    blocks.push(block);
    live.add(blocks);
    return;
  }
  const first = [block];
  blocksOf.set(owner, first);
  collected.register(owner, first);
  live.add(first);
}

/**
 * Removes blocks that were freed.
 *
 * @param token - The token of the freed block; default every block of the owner.
 */
export function deleteLiveBlocks(owner: object, token?: bigint): void {
  const blocks = blocksOf.get(owner);
  if (!blocks) return;
  const kept = token === undefined ? [] : blocks.filter((block) => block.token !== token);
  blocks.splice(0, Infinity, ...kept);
  if (blocks.length === 0) live.delete(blocks);
}

/** Finds the block of a runtime reservation of this thread. */
export function findLiveBlock(token: bigint): PortBlock | undefined {
  for (const blocks of live) {
    const found = blocks.find((block) => block.token === token);
    if (found) return portsOf(found);
  }
  return undefined;
}

/** Lists the runtime reservations of this thread. */
export function listLiveBlocks(): PortBlock[] {
  return [...live].flatMap((blocks) => blocks.map(portsOf));
}

function portsOf({ protocol, startPort, numberOfPorts }: LiveBlock): PortBlock {
  return { protocol, startPort, numberOfPorts };
}
