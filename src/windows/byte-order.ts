// SPDX-License-Identifier: MIT

/**
 * Swaps the two bytes of a port, because the structures of Windows hold it in network byte order. Every machine that runs
 * Windows is little-endian, so port 5000 (0x1388) becomes 0x8813, which lies in memory as 13 88.
 */
export function htons(port: number): number {
  return ((port & 0xff) << 8) | (port >> 8);
}

/** Swaps the bytes back. */
export const ntohs = htons;
