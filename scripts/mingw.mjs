// SPDX-License-Identifier: MIT

/**
 * The processors that MinGW-w64 builds for: its name of each, by Node's.
 *
 * @type {Record<string, string>}
 */
export const targets = { x64: 'x86_64-w64-mingw32', ia32: 'i686-w64-mingw32' };
