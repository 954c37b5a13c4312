// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';

const packages = [
  'wine',
  'wine64',
  'g++-mingw-w64-x86-64-posix',
  'mingw-w64-tools',
  'clang',
  'clang-format',
  'clang-tidy',
];
const installArguments = ['install', '-y', '--no-install-recommends', ...packages];
const installLine = `apt-get ${installArguments.join(' ')}`;

/** The tools that are needed, each with its possible names. */
const tools = {
  wine: ['wine', 'wine64'],
  wineserver: ['wineserver'],
  compiler: ['x86_64-w64-mingw32-g++-posix', 'x86_64-w64-mingw32-g++'],
  dlltool: ['x86_64-w64-mingw32-dlltool'],
  clang: ['clang++'],
  flock: ['flock'],
  setpriv: ['setpriv'],
};

/**
 * @typedef {{ available: true, reason: '' } & Record<keyof typeof tools, string>} Toolchain
 * @typedef {{ available: false, reason: string }} NoToolchain
 */

/** @param {string} name */
function findOnPath(name) {
  const files = (process.env.PATH ?? '').split(path.delimiter).map((directory) => path.join(directory, name));
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
  // The command may exist without the 64-bit Wine behind it.
  const version = spawnSync(found.wine, ['--version'], { env: { ...process.env, WINEDEBUG: '-all' } });
  if (version.status !== 0) {
    return { available: false, reason: `${found.wine} --version fails. ${installLine}` };
  }
  return { available: true, reason: '', ...found };
}

/** Returns the tools that are missing to lint the C++, or an empty string. */
export function missingLinters() {
  const needed = ['clang-format', 'clang-tidy', tools.compiler[0]];
  const missing = needed.filter((name) => findOnPath(name) === undefined);
  return missing.length === 0 ? '' : `missing: ${missing.join(', ')}. ${installLine}`;
}

/** Installs what is missing with apt-get. */
export function installToolchain() {
  const run = (...args) => {
    const command = process.getuid() === 0 ? ['apt-get', ...args] : ['sudo', 'apt-get', ...args];
    const { status } = spawnSync(command[0], command.slice(1), { stdio: 'inherit' });
    if (status !== 0) throw new Error(`${command.join(' ')} failed`);
  };
  run('update');
  run(...installArguments);
}
