// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { wine32 } from './paths.mjs';

const libraries = 'usr/lib/i386-linux-gnu';

/**
 * Unpacks Debian's Wine for i386 and all that it needs into `.wine/ia32/`, unless it is there. Installing it would make
 * i386 a second processor of the machine. Then apt installs nothing at all while one index of i386 is missing, and each
 * library must have the same version for both processors.
 *
 * @param {string} [folder]
 * @returns {string} The reason why the machine cannot have it, or an empty string.
 */
export function unpackWine32(folder = wine32) {
  if (existsSync(folder)) return whyItDoesNotRun(folder);
  mkdirSync(path.dirname(folder), { recursive: true });
  const fresh = mkdtempSync(`${folder}-new-`);
  const packages = path.join(fresh, 'apt');
  try {
    const failure = download(packages);
    if (failure !== '') return failure;
    const root = path.join(fresh, 'root');
    unpack(path.join(packages, 'archives'), root);
    patch(root, folder);
    // Another run may have done it meanwhile.
    if (!existsSync(folder)) renameSync(root, folder);
    return whyItDoesNotRun(folder);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** Downloads the packages as if nothing were installed. Returns why that failed, or an empty string. */
function download(folder) {
  mkdirSync(folder);
  const status = path.join(folder, 'status');
  writeFileSync(status, '');
  const settings = {
    ...{ 'APT::Architecture': 'i386', 'APT::Architectures': 'i386', 'APT::Sandbox::User': 'root' },
    ...{ 'Dir::State': folder, 'Dir::State::status': status, 'Dir::Cache': folder },
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-q', '-o', `${name}=${value}`]);
  const apt = (...args) => spawnSync('apt-get', [...options, ...args], { encoding: 'utf8' });
  // It fails if one index is missing, such as that of the security updates. Whether the others suffice shows next.
  const updated = apt('update');
  const downloaded = apt('install', '-y', '--no-install-recommends', '--download-only', 'wine32');
  if (downloaded.error) return downloaded.error.message;
  if (downloaded.status === 0) return '';
  const output = `${updated.stderr}${downloaded.stderr}`;
  return `apt-get cannot download it and ended with ${downloaded.status}: ${output.trimEnd().split('\n').at(-1)}\n${output}`;
}

function unpack(archives, root) {
  const names = readdirSync(archives).filter((name) => name.endsWith('.deb'));
  for (const name of names) run('dpkg-deb', '--extract', path.join(archives, name), root);
  // On a machine the folder `lib`, which some packages still have, is a link.
  const old = path.join(root, 'lib');
  if (!existsSync(old)) return;
  cpSync(old, path.join(root, 'usr/lib'), { recursive: true, verbatimSymlinks: true });
  rmSync(old, { recursive: true });
}

/** Has the Wine in `root` run in `folder`, without what a package of Debian finds only where it is installed. */
function patch(root, folder) {
  const programs = path.join(root, 'usr/lib/wine');
  // The libraries that these programs load find theirs in the same way.
  const search = ['--force-rpath', '--set-rpath', '$ORIGIN/../i386-linux-gnu'];
  const interpreter = ['--set-interpreter', path.join(folder, libraries, 'ld-linux.so.2')];
  for (const name of ['wine', 'wineserver32']) run('patchelf', ...search, ...interpreter, path.join(programs, name));
  // Debian's script of this name prefers the 64-bit server of the machine.
  rmSync(path.join(programs, 'wineserver'));
  symlinkSync('wineserver32', path.join(programs, 'wineserver'));
  // The script of the package does the same when it is installed: Wine takes the DLL for one of its own by these words.
  const zlib = readFileSync(path.join(root, 'usr/i686-w64-mingw32/lib/zlib1.dll'));
  zlib.write('Wine builtin DLL'.padEnd(32, '\0'), 64, 'latin1');
  writeFileSync(path.join(root, libraries, 'wine/i386-windows/zlib1.dll'), zlib);
}

/** Starts the smallest program of all that was unpacked: some machines run 64-bit programs only. */
function whyItDoesNotRun(folder) {
  const { status } = spawnSync(path.join(folder, libraries, 'ld-linux.so.2'), ['--version']);
  return status === 0 ? '' : 'Linux does not run 32-bit programs on this machine';
}

function run(program, ...args) {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`);
}
