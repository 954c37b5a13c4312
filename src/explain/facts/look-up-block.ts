// SPDX-License-Identifier: MIT
import { isPersistent } from '../../calls/is-persistent.js';
import type { PortBlock } from '../../common/ports.js';
import { contains } from '../../common/port-ranges.js';

/** Finds the block that contains the port and is a persistent reservation. */
export async function lookUpBlock(
  blocks: readonly (PortBlock | undefined)[],
  port: number,
): Promise<PortBlock | undefined> {
  const around = blocks.filter((block): block is PortBlock => block !== undefined && contains(block, port));
  const found = await Promise.all(around.map(async (block) => ((await isPersistent(block)) ? block : undefined)));
  return found.find((block) => block !== undefined);
}
