// SPDX-License-Identifier: MIT
import { portCount, type PortSpan } from '../common/port-ranges.js';

// From `excluded` on a port cannot be had.
const states = { unknown: 0, free: 1, excluded: 2, inUse: 3, refused: 4 } as const;

/**
 * What is known of a port: nothing; that a bind worked; that it is excluded or reserved; that a socket has it; that it
 * was refused.
 */
export type PortState = keyof typeof states;

/** What is known of every port. */
export class PortMap {
  readonly #states = new Uint8Array(portCount);

  mark(port: number, state: PortState): void {
    this.#states[port] = states[state];
  }

  markSpan({ startPort, endPort }: PortSpan, state: PortState): void {
    this.#states.fill(states[state], startPort, endPort + 1);
  }

  isTaken(port: number): boolean {
    return (this.#states[port] ?? 0) >= states.excluded;
  }

  isUnknown(port: number): boolean {
    return this.#states[port] === states.unknown;
  }

  count({ startPort, endPort }: PortSpan, state: PortState): number {
    return this.#states.subarray(startPort, endPort + 1).filter((value) => value === states[state]).length;
  }

  /** The runs of ports inside a span that are not taken and that `isWanted`, as long as they go, by ascending ports. */
  runs({ startPort, endPort }: PortSpan, isWanted: (port: number) => boolean = () => true): PortSpan[] {
    const runs: PortSpan[] = [];
    let first: number | undefined;
    for (let port = startPort; port <= endPort + 1; port += 1) {
      if (port <= endPort && !this.isTaken(port) && isWanted(port)) {
        first ??= port;
      } else if (first !== undefined) {
        runs.push({ startPort: first, endPort: port - 1 });
        first = undefined;
      }
    }
    return runs;
  }
}
