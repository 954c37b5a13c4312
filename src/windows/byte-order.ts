// SPDX-License-Identifier: MIT

/**
 * A port as the Windows structures hold it: the two bytes swapped. Every machine that Windows runs on is little-endian,
 * so port 5000 (0x1388) becomes 0x8813, which lies in memory as 13 88.
 */
export function htons(port: number): number {
  return ((port & 0xff) << 8) | (port >> 8);
}

/** The way back: the same swap. */
export const ntohs = htons;
