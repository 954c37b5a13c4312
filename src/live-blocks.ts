// SPDX-License-Identifier: MIT
import type { PortBlock } from './port-block.js';

interface LiveBlock {
  readonly block: PortBlock;
  readonly token: bigint;
  readonly owner: WeakRef<object>;
}

// No call of Windows lists the runtime reservations of a process.
const live = new Set<LiveBlock>();
const collected = new FinalizationRegistry<LiveBlock>((entry) => {
  live.delete(entry);
});

/** Notes a runtime reservation of this thread, for as long as its owner exists and does not say that it is freed. */
export function addLiveBlock(owner: object, { protocol, startPort, numberOfPorts }: PortBlock, token: bigint): void {
  const entry = { block: { protocol, startPort, numberOfPorts }, token, owner: new WeakRef(owner) };
  live.add(entry);
  collected.register(owner, entry);
}

/** @param token - That of the block that was freed; default every block of the owner. */
export function deleteLiveBlocks(owner: object, token?: bigint): void {
  for (const entry of live) {
    if (entry.owner.deref() === owner && (token === undefined || entry.token === token)) live.delete(entry);
  }
}

/** The blocks that this thread has reserved at runtime. */
export function listLiveBlocks(): PortBlock[] {
  return [...live].map(({ block }) => block);
}
