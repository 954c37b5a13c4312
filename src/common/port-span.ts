// SPDX-License-Identifier: MIT

/** Consecutive ports, the last one inside. */
export interface PortSpan {
  readonly startPort: number;
  readonly endPort: number;
}

export function lengthOf({ startPort, endPort }: PortSpan): number {
  return endPort - startPort + 1;
}
