// SPDX-License-Identifier: MIT
import { portCount, type PortSpan } from '../common/port-ranges.js';

// From `excluded` on, the port is taken.
const states = { unknown: 0, free: 1, excluded: 2, inUse: 3, refused: 4 } as const;

/**
 * The state of a port: unknown; free, because a bind worked; excluded or reserved; in use by a socket; or refused,
 * because a bind failed.
 */
export type PortState = keyof typeof states;

/** Keeps the state of every port. */
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

  /** Lists the longest runs of ports inside a span that are not taken and that `isWanted`, in ascending order. */
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
