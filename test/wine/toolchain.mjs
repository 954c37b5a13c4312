// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { targets } from '../../scripts/mingw.mjs';
import { arch, isMainRing, wineLoaders, wineServers } from './paths.mjs';
import { unpackWine32 } from './unpack-wine32.mjs';

const linters = ['g++-mingw-w64-x86-64-posix', 'clang', 'clang-format', 'clang-tidy'];
const packages = ['wine', 'wine64', 'g++-mingw-w64-i686-posix', 'mingw-w64-tools', 'patchelf', ...linters];
// The unit tests run the completion of the command line in zsh.
const packagesOfOtherTests = isMainRing ? ['chromium', 'zsh'] : [];
const installLine =
  arch === 'ia32'
    ? 'WPR_WINE_RING=wine-ia32 node test/wine/setup.mjs --install'
    : `apt-get install -y --no-install-recommends ${packages.join(' ')}`;

/** @param {string} processor As Node calls it. */
const compilersOf = (processor) => [`${targets[processor]}-g++-posix`, `${targets[processor]}-g++`];

/** The tools that are needed, each with its possible names. */
const tools = {
  wine: wineLoaders,
  wineserver: wineServers,
  compiler: compilersOf(arch),
  // The addon is built and audited for ia32 wherever it is for x64.
  compilerForIa32: compilersOf('ia32'),
  dlltool: [`${targets[arch]}-dlltool`],
  objcopy: [`${targets[arch]}-objcopy`],
  clang: ['clang++'],
  flock: ['flock'],
  setpriv: ['setpriv'],
};

/**
 * @typedef {{ available: true, reason: '' } & Record<keyof typeof tools, string>} Toolchain
 * @typedef {{ available: false, reason: string }} NoToolchain
 */

/** The names of browsers that speak the DevTools protocol. */
const browsers = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'msedge'];

/** Finds the browser for the tests of pages: that of CHROME_PATH, or the first on the path. */
export function findBrowser() {
  return process.env.CHROME_PATH ?? browsers.map(findOnPath).find(Boolean);
}

/** @param {string} name */
function findOnPath(name) {
  const files = (process.env.PATH ?? '').split(path.delimiter).map((directory) => path.resolve(directory, name));
  return files.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * Finds Wine and the cross-compiler, or the reason why they cannot be used.
 *
 * @returns {Toolchain | NoToolchain}
 */
export function findToolchain() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return { available: false, reason: `needs Linux on x64, not ${process.platform} on ${process.arch}` };
  }
  const found = Object.fromEntries(
    Object.entries(tools).map(([tool, names]) => [tool, names.map(findOnPath).find(Boolean)]),
  );
  const missing = Object.keys(found).filter((tool) => found[tool] === undefined);
  if (missing.length > 0) {
    const names = missing.map((tool) => tools[tool].join(' or '));
    return { available: false, reason: `missing: ${names.join(', ')}. ${installLine}` };
  }
  // The command may exist without the Wine behind it.
  const version = spawnSync(found.wine, ['--version'], { env: { ...process.env, WINEDEBUG: '-all' } });
  if (version.status !== 0) {
    return { available: false, reason: `${found.wine} --version fails. ${installLine}` };
  }
  return { available: true, reason: '', ...found };
}

/** Returns the tools that are missing to lint the C++, or an empty string. */
export function missingLinters() {
  const needed = ['clang-format', 'clang-tidy', compilersOf('x64')[0]];
  const missing = needed.filter((name) => findOnPath(name) === undefined);
  return missing.length === 0 ? '' : `missing: ${missing.join(', ')}. ${installLine}`;
}

/**
 * Installs with apt-get what is missing.
 *
 * @param {string[]} [wanted]
 */
function installPackages(wanted = [...packages, ...packagesOfOtherTests]) {
  const run = (...args) => {
    const command = process.getuid() === 0 ? args : ['sudo', ...args];
    const { status } = spawnSync(command[0], command.slice(1), { stdio: 'inherit' });
    if (status !== 0) throw new Error(`${command.join(' ')} failed`);
  };
  run('apt-get', 'update');
  run('apt-get', 'install', '-y', '--no-install-recommends', ...wanted);
}

/** Installs what is missing. */
export function installToolchain() {
  const lacksBrowser = isMainRing && !findBrowser();
  const lacksOthers = lacksBrowser || findOnPath('patchelf') === undefined;
  if (!findToolchain().available || missingLinters() !== '' || lacksOthers) installPackages();
  const noWine = arch === 'ia32' ? unpackWine32() : '';
  if (noWine !== '') throw new Error(`no 32-bit Wine: ${noWine}`);
}

// By itself it needs no package of npm, so that CI can run it beside `npm ci`.
if (process.argv[1] === import.meta.filename) {
  if (process.argv[2] !== 'linters') installToolchain();
  else if (missingLinters() !== '') installPackages(linters);
}
