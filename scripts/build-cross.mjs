// SPDX-License-Identifier: MIT
// Cross-builds the x64 addon with MinGW-w64 into prebuilds/win32-x64/, byte for byte the same for the same sources.
// `--arch ia32` builds it for ia32, into build/ia32/, because prebuilds/ is for the package. `--out <folder>` puts the addon
// there instead. `--check` compiles with Clang for x64, ia32 and arm64, the stand-in for Wine too, all warnings as errors,
// and keeps nothing; `--tidy` has clang-tidy read the sources, with the checks of .clang-tidy.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { compile, compileFlags, joined, libraries, root, sourcesIn, writeNodeDefinition } from './cross.mjs';
import { targets } from './mingw.mjs';

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

/**
 * Clang's counterparts of MSVC's /W4 warnings that GCC lacks, plus unreachable code, which the MSVC build does not
 * check.
 */
const clangWarnings = ['-Wshadow-all', '-Wunreachable-code-aggressive', '-Wconditional-uninitialized'];

const linkFlags = [
  ...['-shared', '-static', '-s', '-Wl,--gc-sections', '-Wl,--no-insert-timestamp'],
  // Otherwise the linker derives the image base from the name of the output.
  '-Wl,--disable-auto-image-base',
  ...['-Wl,--dynamicbase', '-Wl,--nxcompat'],
  ...(values.arch === 'x64' ? ['-Wl,--high-entropy-va'] : []),
];

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
  const library = path.join(directory, 'node.lib');
  run(`${target}-dlltool`, ['-d', writeNodeDefinition(directory), '-l', library], directory);
  return library;
}

async function build(directory, out) {
  const sources = [joined(sourcesIn('native'), directory), ...sourcesIn('native/mingw')];
  // Checks the use of strings and vectors. It also makes the compiler instantiate the members of strings that are used,
  // because libstdc++'s own copies are in one object with string streams, which catch exceptions. The messages of the
  // checks name their header, so its folder must not depend on where the compiler is installed.
  const assertions = ['-D_GLIBCXX_ASSERTIONS', `-ffile-prefix-map=${gccHeaders()}=c++`];
  const objects = await compile(`${target}-g++-posix`, assertions, sources, directory);
  const built = path.join(directory, 'win-port-reservation.node');
  // The linker sorts imports by the path of their library, so this path must not depend on the location of the folder.
  const inputs = [...objects, buildImportLibrary(directory)].map((file) => path.relative(directory, file));
  run(
    `${target}-g++-posix`,
    [...linkFlags, '-o', path.basename(built), ...inputs, ...libraries.map((name) => `-l${name}`)],
    directory,
  );
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

/** Checks the sources with Clang for every processor. Clang finds what it warns of without generating code. */
function check(directory) {
  const sources = sourcesIn('native');
  const standIn = sourcesIn('test/wine/stand-in');
  const all = [joined(sources, directory), joined(standIn, directory, 'stand-in.cc')];
  for (const processor of ['x86_64', 'i686', 'aarch64']) {
    const args = ['-fsyntax-only', ...clangFlags(`${processor}-w64-mingw32`), ...clangWarnings, ...compileFlags];
    // A file that lacks an include compiles when it is joined to others. MSVC compiles each by itself.
    const inputs = processor === 'x86_64' ? [...sources, ...standIn] : all;
    run('clang++', [...args, ...inputs]);
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
