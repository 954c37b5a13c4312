// SPDX-License-Identifier: MIT
import type { PortRange } from '../../common/ports.js';
import { portCount } from '../../common/port-ranges.js';
import { endOf } from './port-range.js';

/** Reads as a tree in which every node is 0. */
const noNodes = new Uint32Array();

/** The state of a search from left to right. */
interface Search {
  readonly numberOfPorts: number;
  readonly startPort: number;
  readonly endPort: number;
  /** The number of free ports right before the current node, inside the searched range. */
  run: number;
}

/**
 * Keeps track of which of the 65,536 ports are free and finds free runs. A port may be taken several times; it is free
 * again once it was given back as often. Every method visits O(log 65536) nodes.
 *
 * It is a segment tree: node 1 covers all ports, and the halves of node n are nodes 2n and 2n + 1. A range is recorded
 * on the few nodes that make it up and not below them, so giving it back finds the same nodes. A node stores by how
 * many ports its runs are shorter than the node, so that 0 everywhere means "all free": the 2 MB of the tree need no
 * initialization and are allocated only when a range is first taken.
 */
export class FreeRuns {
  /** The number of taken ranges recorded on the node itself. */
  #takings = noNodes;
  /** By how many ports the free run at the start of the node is shorter than the node. */
  #headLack = noNodes;
  /** By how many ports the free run at the end of the node is shorter than the node. */
  #tailLack = noNodes;
  /** By how many ports the longest free run in the node is shorter than the node. */
  #bestLack = noNodes;

  take(range: PortRange): void {
    if (this.#takings === noNodes) {
      this.#takings = new Uint32Array(2 * portCount);
      this.#headLack = new Uint32Array(2 * portCount);
      this.#tailLack = new Uint32Array(2 * portCount);
      this.#bestLack = new Uint32Array(2 * portCount);
    }
    this.#note(range, 1, 1, 0, portCount);
  }

  /** Undoes one `take` of exactly this range; parts of a taken range cannot be given back. */
  giveBack(range: PortRange): void {
    this.#note(range, -1, 1, 0, portCount);
  }

  isFree(range: PortRange): boolean {
    return this.#first(range.numberOfPorts, range.startPort, endOf(range)) !== undefined;
  }

  /**
   * Finds the start of the first free run of `numberOfPorts` inside `within`. The search starts at the port `from` of
   * `within` and wraps around to the ports before it.
   */
  find(numberOfPorts: number, within: PortRange, from = within.startPort): number | undefined {
    const endPort = endOf(within);
    return (
      this.#first(numberOfPorts, from, endPort) ??
      this.#first(numberOfPorts, within.startPort, Math.min(endPort, from + numberOfPorts - 1))
    );
  }

  #note(range: PortRange, change: 1 | -1, node: number, startPort: number, size: number): void {
    const end = endOf(range);
    if (range.startPort <= startPort && startPort + size <= end) {
      const takings = at(this.#takings, node) + change;
      if (takings < 0) throw new RangeError(`ports ${range.startPort} to ${end - 1} were not taken as one range`);
      this.#takings[node] = takings;
    } else {
      const half = size / 2;
      const middle = startPort + half;
      if (range.startPort < middle) this.#note(range, change, 2 * node, startPort, half);
      if (middle < end) this.#note(range, change, 2 * node + 1, middle, half);
    }
    this.#sum(node, size);
  }

  #sum(node: number, size: number): void {
    const left = 2 * node;
    const right = left + 1;
    const half = size / 2;
    if (at(this.#takings, node) > 0) {
      this.#headLack[node] = this.#tailLack[node] = this.#bestLack[node] = size;
    } else if (size === 1) {
      this.#headLack[node] = this.#tailLack[node] = this.#bestLack[node] = 0;
    } else {
      const leftHead = at(this.#headLack, left);
      const leftTail = at(this.#tailLack, left);
      const rightHead = at(this.#headLack, right);
      const rightTail = at(this.#tailLack, right);
      this.#headLack[node] = leftHead === 0 ? rightHead : half + leftHead;
      this.#tailLack[node] = rightTail === 0 ? leftTail : half + rightTail;
      this.#bestLack[node] = Math.min(
        leftTail + rightHead,
        half + at(this.#bestLack, left),
        half + at(this.#bestLack, right),
      );
    }
  }

  #first(numberOfPorts: number, startPort: number, endPort: number): number | undefined {
    return this.#search({ numberOfPorts, startPort, endPort, run: 0 }, 1, 0, portCount);
  }

  #search(search: Search, node: number, startPort: number, size: number): number | undefined {
    const endPort = startPort + size;
    if (endPort <= search.startPort || search.endPort <= startPort) return undefined;

    const best = size - at(this.#bestLack, node);
    if (best === 0) {
      // A range recorded on this node is not recorded on the nodes below, so the search must not descend.
      search.run = 0;
      return undefined;
    }
    if (search.startPort <= startPort && endPort <= search.endPort) {
      const head = size - at(this.#headLack, node);
      if (search.run + head >= search.numberOfPorts) return startPort - search.run;
      if (best < search.numberOfPorts) {
        search.run = head === size ? search.run + size : size - at(this.#tailLack, node);
        return undefined;
      }
    }
    const half = size / 2;
    return (
      this.#search(search, 2 * node, startPort, half) ?? this.#search(search, 2 * node + 1, startPort + half, half)
    );
  }
}

function at(numbers: Uint32Array, index: number): number {
  return numbers[index] ?? 0;
}
