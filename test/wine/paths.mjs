// SPDX-License-Identifier: MIT
import path from 'node:path';

export const repository = path.resolve(import.meta.dirname, '../..');

/** The folder of the set-up; it can be deleted at any time. */
export const wineDirectory = path.join(repository, '.wine');

export const prefix = path.join(wineDirectory, 'prefix');

export const standIn = path.join(wineDirectory, 'stand-in', 'stand-in.node');

/** The module that Windows Node loads in place of rolldown's binary for Windows, which Wine cannot load. */
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
 * Converts a path of the host to the path that Windows programs under Wine use.
 *
 * @param {string} file
 */
export const windowsPath = (file) => `Z:${path.resolve(file).replaceAll('/', '\\')}`;

/**
 * Converts a path of the host to a URL for Windows programs. A space is escaped, so that the URL works in NODE_OPTIONS.
 *
 * @param {string} file
 */
export const windowsFileUrl = (file) => `file:///Z:${path.resolve(file).split('/').map(encodeURIComponent).join('/')}`;
