// SPDX-License-Identifier: MIT
import { expect } from 'vitest';

/** The classes of Node that hold a socket, as process.getActiveResourcesInfo() names them. */
export type HandleKind = 'TCPServerWrap' | 'TCPSocketWrap' | 'UDPWrap' | 'TCPWrap';

/** Counts the handles of a kind that keep this process alive. */
export function activeHandles(kind: HandleKind): number {
  return process.getActiveResourcesInfo().filter((name) => name === kind).length;
}

/**
 * Waits until this process has so many handles of a kind. A closed one counts until Windows has ended its last call,
 * which takes any number of turns of the event loop.
 */
export async function untilActive(kind: HandleKind, count: number): Promise<void> {
  await expect.poll(() => activeHandles(kind)).toBe(count);
}
