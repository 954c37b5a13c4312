// SPDX-License-Identifier: MIT
// Cross-builds the x64 addon with MinGW-w64 into prebuilds/win32-x64/, byte for byte the same for the same sources.
// `--arch ia32` builds it for ia32, into build/ia32/, because prebuilds/ is for the package. `--out <folder>` puts the addon
// there instead. `--check` compiles with Clang for x64, ia32 and arm64, the stand-in for Wine too, all warnings as errors,
// and keeps nothing; `--tidy` has clang-tidy read the sources, with the checks of .clang-tidy.
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { targets } from './mingw.mjs';

const root = path.resolve(import.meta.dirname, '..');
const require = createRequire(import.meta.url);

const { values } = parseArgs({
  options: {
    arch: { type: 'string', default: 'x64' },
    check: { type: 'boolean', default: false },
    tidy: { type: 'boolean', default: false },
    out: { type: 'string' },
  },
});
const target = targets[values.arch];
if (target === undefined) throw new RangeError(`--arch must be one of ${Object.keys(targets).join(', ')}`);

const includes = [require('node-addon-api').include_dir, require('node-api-headers').include_dir];
const definitions = [
  'NAPI_VERSION=8',
  'NODE_ADDON_API_DISABLE_CPP_EXCEPTIONS',
  'NODE_ADDON_API_DISABLE_DEPRECATED',
  '_WIN32_WINNT=0x0A00',
  'UNICODE',
  '_UNICODE',
];
const warnings = ['-Wall', '-Wextra', '-Wpedantic', '-Wconversion', '-Wshadow', '-Werror'];
/**
 * Clang's counterparts of MSVC's /W4 warnings that GCC lacks, plus unreachable code, which the MSVC build does not
 * check.
 */
const clangWarnings = ['-Wshadow-all', '-Wunreachable-code-aggressive', '-Wconditional-uninitialized'];

const compileFlags = [
  ...['-std=c++17', '-Os', '-fno-exceptions', '-fno-rtti', '-ffunction-sections', '-fdata-sections'],
  ...warnings,
  ...definitions.map((definition) => `-D${definition}`),
  // Include these as system headers, so that warnings concern only this package's code.
  ...includes.flatMap((directory) => ['-isystem', directory]),
  `-ffile-prefix-map=${root}=.`,
];
const linkFlags = [
  ...['-shared', '-static', '-s', '-Wl,--gc-sections', '-Wl,--no-insert-timestamp'],
  // Otherwise the linker derives the image base from the name of the output.
  '-Wl,--disable-auto-image-base',
  ...['-Wl,--dynamicbase', '-Wl,--nxcompat'],
  ...(values.arch === 'x64' ? ['-Wl,--high-entropy-va'] : []),
];

/** The C++ files of a folder, in an order that does not depend on the file system. */
function sourcesIn(directory) {
  return readdirSync(path.join(root, directory))
    .filter((name) => name.endsWith('.cc'))
    .sort()
    .map((name) => path.join(directory, name));
}

function run(command, args, cwd = root) {
  execFileSync(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
}

/** Finds the folder of GCC's C++ headers. */
function gccHeaders() {
  return execFileSync(`${target}-g++-posix`, ['-print-file-name=include/c++'], { encoding: 'utf8' }).trim();
}

/** GCC's C++ headers, which Clang does not find by itself, and the headers of Windows, which fit each target. */
function clangFlags(clangTarget = target) {
  const gcc = gccHeaders();
  const directories = [gcc, path.join(gcc, target), `/usr/${target}/include`];
  return [`--target=${clangTarget}`, ...directories.flatMap((directory) => ['-isystem', directory])];
}

/** Makes the import library for node.exe, with the exports of Node-API. */
function buildImportLibrary(directory) {
  const { def_paths: paths } = require('node-api-headers');
  const symbols = [paths.js_native_api_def, paths.node_api_def].flatMap((file) =>
    readFileSync(file, 'utf8')
      .split(/\r?\n/)
      .filter((line) => /^\s*\w+\s*$/.test(line) && line.trim() !== 'EXPORTS'),
  );
  const definition = path.join(directory, 'node.def');
  const library = path.join(directory, 'node.lib');
  writeFileSync(definition, ['NAME node.exe', 'EXPORTS', ...symbols, ''].join('\n'));
  run(`${target}-dlltool`, ['-d', definition, '-l', library], directory);
  return library;
}

/** Compiles the sources, as many at once as there are processors; returns the objects in the order of the sources. */
async function compile(extra, sources, directory) {
  const objects = sources.map((source) => path.join(directory, `${path.basename(source, '.cc')}.o`));
  const left = sources.entries();
  const compileNext = async () => {
    for (const [place, source] of left) {
      const args = [...extra, ...compileFlags, '-c', source, '-o', objects[place]];
      const child = spawn(`${target}-g++-posix`, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
      const [status] = await once(child, 'exit');
      if (status !== 0) throw new Error(`${source} does not compile`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, compileNext));
  return objects;
}

async function build(directory, out) {
  const sources = [joined(sourcesIn('native'), directory), ...sourcesIn('native/mingw')];
  // Checks the use of strings and vectors. It also makes the compiler instantiate the members of strings that are used,
  // because libstdc++'s own copies are in one object with string streams, which catch exceptions. The messages of the
  // checks name their header, so its folder must not depend on where the compiler is installed.
  const assertions = ['-D_GLIBCXX_ASSERTIONS', `-ffile-prefix-map=${gccHeaders()}=c++`];
  const objects = await compile(assertions, sources, directory);
  const built = path.join(directory, 'win-port-reservation.node');
  // The linker sorts imports by the path of their library, so this path must not depend on the location of the folder.
  const inputs = [...objects, buildImportLibrary(directory)].map((file) => path.relative(directory, file));
  const libraries = ['-liphlpapi', '-lws2_32', '-ladvapi32', '-lole32', '-lshell32'];
  run(`${target}-g++-posix`, [...linkFlags, '-o', path.basename(built), ...inputs, ...libraries], directory);
  const addon = path.join(out, path.basename(built));
  const digest = createHash('sha256').update(readFileSync(built)).digest('hex');
  mkdirSync(out, { recursive: true });
  // Rename the file into place, because running processes may have the old one open; copy it first, because the folder
  // may be on another disk.
  const copy = `${addon}.${process.pid}`;
  copyFileSync(built, copy);
  renameSync(copy, addon);
  console.log(`${path.relative(root, addon)}: ${statSync(addon).size} bytes, sha256 ${digest}`);
}

/**
 * Puts all sources into one file, so that the headers of Windows and Node, which take most of the time, are read once.
 */
function joined(sources, directory) {
  const all = path.join(directory, 'all.cc');
  writeFileSync(all, sources.map((source) => `#include "${path.join(root, source)}"\n`).join(''));
  return all;
}

/** Checks the sources with Clang for every processor. Clang finds what it warns of without generating code. */
function check(directory) {
  const sources = sourcesIn('native');
  const standIn = sourcesIn('test/wine/stand-in');
  for (const processor of ['x86_64', 'i686', 'aarch64']) {
    const args = ['-fsyntax-only', ...clangFlags(`${processor}-w64-mingw32`), ...clangWarnings, ...compileFlags];
    // A file that lacks an include compiles when it is joined to others. MSVC compiles each by itself.
    const inputs = processor === 'x86_64' ? sources : [joined(sources, directory)];
    run('clang++', [...args, ...inputs, ...standIn]);
    console.log(`clang++ for ${processor}: ${sources.length + standIn.length} files without a warning`);
  }
}

/** Runs clang-tidy on the sources of the addon. */
function tidy(directory) {
  const sources = sourcesIn('native');
  const options = ['--quiet', `--config-file=${path.join(root, '.clang-tidy')}`];
  const args = [...options, joined(sources, directory), '--', ...clangFlags(), ...compileFlags];
  // clang-tidy prints findings to stdout. On stderr it counts the findings in system headers, which can be ignored.
  execFileSync('clang-tidy', args, { cwd: root, stdio: ['ignore', 'inherit', 'pipe'] });
  return sources.length;
}

mkdirSync(path.join(root, 'build'), { recursive: true });
const directory = mkdtempSync(path.join(root, 'build', 'cross-'));
try {
  if (values.check) {
    check(directory);
  } else if (values.tidy) {
    console.log(`clang-tidy: ${tidy(directory)} files without a finding`);
  } else {
    const prebuilds = values.arch === 'x64' ? 'prebuilds' : `build/${values.arch}/prebuilds`;
    const { out = path.join(root, prebuilds, `win32-${values.arch}`) } = values;
    await build(directory, path.resolve(out));
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
