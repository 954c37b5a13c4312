// SPDX-License-Identifier: MIT

/** Consecutive ports by their first and last port, both included. */
export interface PortSpan {
  readonly startPort: number;
  readonly endPort: number;
}

export function lengthOf({ startPort, endPort }: PortSpan): number {
  return endPort - startPort + 1;
}
