// SPDX-License-Identifier: MIT
import { lastPortOf, portCount, type Ports, type PortSpan } from '../common/port-ranges.js';

// From `administered` on, the port is taken. Where several states apply, the last one counts.
const states = { unknown: 0, free: 1, administered: 2, excluded: 3, inUse: 4, refused: 5, unwanted: 6 } as const;

/**
 * The state of a port: unknown; free, because a bind worked; excluded by an administrator, so that it can be bound but not
 * reserved; excluded or reserved by Windows or a program; in use by a socket; refused, because a bind failed; or unwanted by
 * the caller.
 */
export type PortState = keyof typeof states;

/** Keeps the state of every port. */
export class PortMap {
  readonly #states = new Uint8Array(portCount);

  mark(port: number, state: PortState): void {
    this.#states[port] = states[state];
  }

  /** Marks ports, but leaves those alone of which more is known. */
  markSpan({ startPort, endPort }: PortSpan, state: PortState): void {
    for (let port = startPort; port <= endPort; port += 1) {
      this.#states[port] = Math.max(this.#states[port] ?? 0, states[state]);
    }
  }

  isTaken(port: number): boolean {
    return (this.#states[port] ?? 0) >= states.administered;
  }

  isAdministered(port: number): boolean {
    return this.#states[port] === states.administered;
  }

  isUnknown(port: number): boolean {
    return this.#states[port] === states.unknown;
  }

  count({ startPort, endPort }: PortSpan, state: PortState): number {
    return this.#states.subarray(startPort, endPort + 1).filter((value) => value === states[state]).length;
  }

  /** Lists the longest free blocks inside a span that contain no port to avoid, in ascending order. */
  runs({ startPort, endPort }: PortSpan, avoided: readonly Ports[] = []): PortSpan[] {
    // One pass over a copy: a question for each of the 65,536 ports takes ten milliseconds in a process that just started.
    const all = this.#states.slice();
    for (const ports of avoided) all.fill(states.unwanted, ports.startPort, lastPortOf(ports) + 1);
    const runs: PortSpan[] = [];
    let first: number | undefined;
    for (let port = startPort; port <= endPort + 1; port += 1) {
      if (port <= endPort && (all[port] ?? 0) < states.administered) {
        first ??= port;
      } else if (first !== undefined) {
        runs.push({ startPort: first, endPort: port - 1 });
        first = undefined;
      }
    }
    return runs;
  }
}
