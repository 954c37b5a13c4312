// SPDX-License-Identifier: MIT
// Builds the parts that only the measurements under Wine need, in .wine/bench/: an addon to compare with, and koffi for
// Windows.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { repository, wineDirectory } from '../../test/wine/paths.mjs';

const require = createRequire(import.meta.url);
const apiHeaders = require('node-api-headers');
const directory = path.join(wineDirectory, 'bench');
const standIn = path.join(repository, 'test/wine/stand-in');

/** The addon to compare with. */
export const benchAddon = path.join(directory, 'bench.node');
/** The file to import as koffi in Windows Node. */
export const koffi = path.join(directory, 'node_modules/koffi/index.js');

const flags = [
  ...['-std=c++17', '-O2', '-fno-exceptions', '-fno-rtti', '-static', '-s', '-shared'],
  ...['-Wall', '-Wextra', '-Wpedantic', '-Werror', '-isystem', apiHeaders.include_dir],
];

function filesToBuildFrom() {
  const own = readdirSync(import.meta.dirname).filter((name) => /\.(cc|h)$/.test(name));
  const files = own.sort().map((name) => path.join(import.meta.dirname, name));
  const ofStandIn = ['import_table.cc', 'import_table.h', 'private_bytes.h'];
  return [...files, ...ofStandIn.map((name) => path.join(standIn, name))];
}

function buildAddon(toolchain) {
  const run = (command, args) =>
    execFileSync(command, args, { cwd: directory, env: { ...process.env, TMPDIR: directory }, stdio: 'inherit' });
  const libraries = ['js_native_api', 'node_api'].map((name) => {
    const library = path.join(directory, `${name}.a`);
    run(toolchain.dlltool, ['-d', apiHeaders.def_paths[`${name}_def`], '-l', library]);
    return library;
  });
  const sources = filesToBuildFrom().filter((file) => file.endsWith('.cc'));
  run(toolchain.compiler, [...flags, ...sources, ...libraries, '-lws2_32', '-liphlpapi', '-o', benchAddon]);
}

/** Installs koffi as its users have it: its JavaScript, and the Windows binary in the package beside it. */
function fetchKoffi(version) {
  const modules = path.join(directory, 'node_modules');
  const own = path.join(modules, 'koffi');
  for (const part of ['package.json', 'index.js', 'src/koffi/index.js', 'src/koffi/src/static.js']) {
    cpSync(path.join(repository, 'node_modules/koffi', part), path.join(own, part));
  }
  const name = `@koromix/koffi-win32-x64`;
  const target = path.join(modules, name);
  mkdirSync(target, { recursive: true });
  // That package declares `os: win32`, so that npm cannot install it here.
  const pack = ['pack', '--silent', '--pack-destination', directory, `${name}@${version}`];
  const tarball = execFileSync('npm', pack, { cwd: directory, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  execFileSync('tar', ['-xzf', path.join(directory, tarball.trim()), '-C', target, '--strip-components=1']);
}

/**
 * Builds the parts of .wine/bench/ that are out of date.
 *
 * @param {import('../../test/wine/toolchain.mjs').Toolchain} toolchain
 */
export function buildForWine(toolchain) {
  const koffiVersion = JSON.parse(
    readFileSync(path.join(repository, 'node_modules/koffi/package.json'), 'utf8'),
  ).version;
  const hash = createHash('sha256').update(JSON.stringify([flags, koffiVersion]));
  for (const file of filesToBuildFrom()) hash.update(readFileSync(file));
  const key = hash.digest('hex');
  const stamp = path.join(directory, '.built-from');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === key) return;
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  buildAddon(toolchain);
  fetchKoffi(koffiVersion);
  writeFileSync(stamp, key);
}
