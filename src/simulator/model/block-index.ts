// SPDX-License-Identifier: MIT
import type { PortRange } from '../../common/ports.js';
import { contains, portCount } from '../../common/port-ranges.js';
import { ChangedKeys } from './changed-keys.js';
import { endOf } from './port-range.js';

/** A set of ports that finds the nearest member below a port in four steps, regardless of its content. */
class PortSet {
  /** Bit n of a level is set if word n of the level before it is not empty; the last level is one word. */
  readonly #levels = [portCount / 32, portCount / 32 ** 2, portCount / 32 ** 3, 1].map(
    (words) => new Uint32Array(words),
  );

  add(port: number): void {
    let bit = port;
    for (const level of this.#levels) {
      const word = bit >>> 5;
      level[word] = (level[word] ?? 0) | (1 << (bit & 31));
      bit = word;
    }
  }

  delete(port: number): void {
    let bit = port;
    for (const level of this.#levels) {
      const word = bit >>> 5;
      const rest = (level[word] ?? 0) & ~(1 << (bit & 31));
      level[word] = rest;
      if (rest !== 0) return;
      bit = word;
    }
  }

  /** Finds the highest member below `port`, which may be 65536. */
  findBelow(port: number): number | undefined {
    let bit = port;
    for (const [height, level] of this.#levels.entries()) {
      const word = bit >>> 5;
      const below = (level[word] ?? 0) & ((1 << (bit & 31)) - 1);
      if (below !== 0) return this.#highestUnder(32 * word + highestBit(below), height);
      bit = word;
    }
    return undefined;
  }

  #highestUnder(bit: number, height: number): number {
    let lower = bit;
    for (const level of this.#levels.slice(0, height).reverse()) {
      lower = 32 * lower + highestBit(level[lower] ?? 0);
    }
    return lower;
  }
}

function highestBit(word: number): number {
  return 31 - Math.clz32(word);
}

/**
 * Holds blocks of ports that never overlap. Adding, deleting and finding take the same few steps for any number of
 * blocks.
 */
export class BlockIndex<Block extends PortRange> {
  /**
   * The blocks by first port. A deleted block stays as undefined: each time a key is deleted and added again it leaves
   * a hole in the Map, and V8 searches all holes to find the key.
   */
  readonly #blocks = new Map<number, Block | undefined>();
  readonly #startPorts = new PortSet();
  /** The first ports of the blocks that were added, deleted or changed. */
  readonly changed = new ChangedKeys<number>();

  /** Adds a block, which must not overlap another block of the index. */
  add(block: Block): void {
    const other = this.findOverlap(block);
    if (other !== undefined) {
      throw new RangeError(`the block at port ${block.startPort} overlaps the one at port ${other.startPort}`);
    }
    this.#blocks.set(block.startPort, block);
    this.#startPorts.add(block.startPort);
    this.changed.add(block.startPort);
  }

  /** Deletes the block with exactly these ports, which must be in the index. */
  delete(block: PortRange): void {
    if (this.findExact(block) === undefined) throw new RangeError(`no such block at port ${block.startPort}`);
    this.#blocks.set(block.startPort, undefined);
    this.#startPorts.delete(block.startPort);
    this.changed.add(block.startPort);
  }

  /** Finds the block that begins at the port. */
  startingAt(port: number): Block | undefined {
    return this.#blocks.get(port);
  }

  /** Finds the block that contains the port. */
  findAt(port: number): Block | undefined {
    const block = this.#lastBefore(port + 1);
    return block !== undefined && contains(block, port) ? block : undefined;
  }

  /** Finds a block that shares a port with the range; of several blocks, the one with the highest ports. */
  findOverlap(range: PortRange): Block | undefined {
    const block = this.#lastBefore(endOf(range));
    return block !== undefined && range.startPort < endOf(block) ? block : undefined;
  }

  /** Finds the block with exactly this start port and number of ports. */
  findExact(range: PortRange): Block | undefined {
    const block = this.#blocks.get(range.startPort);
    return block?.numberOfPorts === range.numberOfPorts ? block : undefined;
  }

  /** Lists every block in ascending order. */
  list(): Block[] {
    const blocks: Block[] = [];
    for (let block = this.#lastBefore(portCount); block !== undefined; block = this.#lastBefore(block.startPort)) {
      blocks.push(block);
    }
    return blocks.reverse();
  }

  #lastBefore(port: number): Block | undefined {
    const startPort = this.#startPorts.findBelow(port);
    return startPort === undefined ? undefined : this.#blocks.get(startPort);
  }
}
