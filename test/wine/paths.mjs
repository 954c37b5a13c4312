// SPDX-License-Identifier: MIT
import path from 'node:path';

export const repository = path.resolve(import.meta.dirname, '../..');

/** Where the set-up lives; nothing in it is worth keeping. */
export const wineDirectory = path.join(repository, '.wine');

export const prefix = path.join(wineDirectory, 'prefix');

export const standIn = path.join(wineDirectory, 'stand-in', 'stand-in.node');

/** What Windows Node loads in place of rolldown's binary for Windows, which Wine cannot load. */
export const rolldownBinding = path.join(
  wineDirectory,
  'rolldown/node_modules/@rolldown/binding-wasm32-wasi/rolldown-binding.wasi.cjs',
);

/** The Windows Nodes that run under Wine 8; 24 and later end in V8 at start. */
export const nodeVersions = { 20: '20.20.2', 22: '22.23.3' };

/** @typedef {keyof typeof nodeVersions} NodeMajor */

/** @param {NodeMajor} major */
export const nodeExecutable = (major) => path.join(wineDirectory, `node-${major}`, 'node.exe');

/**
 * How Windows programs under Wine see a file of the host.
 *
 * @param {string} file
 */
export const windowsPath = (file) => `Z:${path.resolve(file).replaceAll('/', '\\')}`;

/**
 * The same for where a URL is wanted. A space in it is escaped, so that it survives NODE_OPTIONS.
 *
 * @param {string} file
 */
export const windowsFileUrl = (file) => `file:///Z:${path.resolve(file).split('/').map(encodeURIComponent).join('/')}`;
