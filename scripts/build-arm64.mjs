// SPDX-License-Identifier: MIT
// Links the addon for arm64, where no GCC makes binaries for Windows: with Clang, lld and libc++'s headers of Debian trixie,
// and with the C runtime of MinGW-w64, which Debian has for arm64 as source only.
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { compile, joined, libraries, root, sourcesIn, writeNodeDefinition } from './cross.mjs';

const llvm = '/usr/lib/llvm-19';
const target = 'aarch64-w64-mingw32';
const packages = ['bzip2', 'clang-19', 'libc++-19-dev', 'lld-19', 'llvm-19', 'make'];
const tool = (name) => path.join(llvm, 'bin', name);

/** Prints the output of a command only if it fails, because that of configure and make is long. */
function run(command, args, cwd = root) {
  const { status, error, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (error) throw error;
  if (status === 0) return;
  console.error(`${stdout}${stderr}`.split('\n').slice(-60).join('\n'));
  throw new Error(`${path.basename(command)} ended with ${status}`);
}

function installPackages() {
  run('apt-get', ['update']);
  run('apt-get', ['install', '-y', '--no-install-recommends', ...packages]);
}

/** Fetches the source of MinGW-w64 from where apt gets its packages, and verifies it as apt does. */
function fetchMingw(scratch) {
  const format = ['--format', '$(SITE) $(RELEASE) $(COMPONENT)'];
  const targets = execFileSync('apt-get', ['indextargets', ...format, 'Identifier: Packages'], { encoding: 'utf8' });
  const main = targets.split('\n').find((line) => /^\S+ trixie main$/.test(line));
  if (main === undefined) throw new Error('apt has no sources for trixie');
  const apt = path.join(scratch, 'apt');
  mkdirSync(path.join(apt, 'lists'), { recursive: true });
  const list = path.join(apt, 'sources.list');
  writeFileSync(list, `deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${main}\n`);
  const options = {
    'Dir::Etc::SourceList': list,
    'Dir::Etc::SourceParts': '/dev/null',
    'Dir::State::Lists': path.join(apt, 'lists'),
    'Dir::Cache': apt,
    // apt's own user cannot read this folder.
    'APT::Sandbox::User': 'root',
  };
  const aptGet = (...args) =>
    run('apt-get', [...Object.entries(options).map(([name, value]) => `-o${name}=${value}`), ...args], apt);
  aptGet('update');
  aptGet('source', '--download-only', '--tar-only', 'mingw-w64');
  const tarball = readdirSync(apt).find((name) => name.includes('.orig.tar.'));
  const source = path.join(scratch, 'mingw-w64');
  mkdirSync(source);
  run('tar', ['-xf', path.join(apt, tarball), '--strip-components=1', '-C', source]);
  return source;
}

/** Builds the headers of Windows, and the parts of the C runtime that the addon needs; returns the flags for the headers. */
function buildRuntime(source, scratch, folder) {
  const sysroot = path.join(scratch, 'sysroot');
  const headers = path.join(scratch, 'headers');
  const common = [`--host=${target}`, '--with-default-msvcrt=ucrt'];
  const jobs = `-j${availableParallelism()}`;
  for (const directory of [headers, folder]) mkdirSync(directory);
  const version = '--with-default-win32-winnt=0x0A00';
  run(path.join(source, 'mingw-w64-headers/configure'), [...common, `--prefix=${sysroot}`, version], headers);
  run('make', [jobs, 'install'], headers);
  const flags = [`--target=${target}`, `--sysroot=${sysroot}`, '-isystem', path.join(sysroot, 'include')];
  const others = ['--disable-lib32', '--disable-lib64', '--disable-libarm32'];
  const tools = [
    `CC=${tool('clang')} ${flags.join(' ')}`,
    ...['ar', 'dlltool', 'ranlib'].map((name) => `${name.toUpperCase()}=${tool(`llvm-${name}`)}`),
  ];
  const options = [...common, ...others, '--enable-libarm64', '--enable-cfguard', ...tools];
  run(path.join(source, 'mingw-w64-crt/configure'), options, folder);
  // Its rules make the folder only for some of these.
  mkdirSync(path.join(folder, 'libarm64'));
  run('make', [jobs, ...runtime.map((file) => path.join('libarm64', file))], folder);
  return flags;
}

const archive = (name) => `lib${name}.a`;
const systemLibraries = ['mingw32', 'mingwex', 'ucrt', 'kernel32', ...libraries];
const runtime = ['dllcrt2.o', ...systemLibraries.map(archive)];

async function build(scratch, out) {
  const folder = path.join(scratch, 'crt');
  const flags = buildRuntime(fetchMingw(scratch), scratch, folder);
  const sources = [joined(sourcesIn('native'), scratch), ...sourcesIn('native/mingw')];
  const headers = ['-nostdinc++', '-isystem', path.join(llvm, 'include/c++/v1')];
  // Finds libc++'s headers first: they include those of C.
  const objects = await compile(tool('clang++'), [...headers, ...flags, '-mguard=cf'], sources, scratch);
  const nodeLibrary = path.join(scratch, 'node.lib');
  run(tool('llvm-dlltool'), ['-m', 'arm64', '-d', writeNodeDefinition(scratch), '-l', nodeLibrary]);
  const built = path.join(scratch, 'win-port-reservation.node');
  const hardening = [
    '--dynamicbase',
    '--nxcompat',
    '--high-entropy-va',
    '--guard-cf',
    '-Xlink=-dependentloadflag:0x800',
  ];
  run(tool('ld.lld'), [
    ...['-m', 'arm64pe', '--shared', '-s', '--gc-sections', '--no-insert-timestamp', '-e', 'DllMainCRTStartup'],
    ...[...hardening, '-o', built],
    ...[path.join(folder, 'libarm64/dllcrt2.o'), ...objects, nodeLibrary],
    ...systemLibraries.map((name) => path.join(folder, 'libarm64', archive(name))),
  ]);
  mkdirSync(out, { recursive: true });
  copyFileSync(built, path.join(out, path.basename(built)));
  return path.join(out, path.basename(built));
}

/**
 * Builds the addon for arm64.
 *
 * @param {string} out The folder for it.
 * @returns {Promise<string>} The file.
 */
export async function buildForArm64(out) {
  installPackages();
  const scratch = mkdtempSync(path.join(tmpdir(), 'win-port-reservation-arm64-'));
  try {
    return await build(scratch, out);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
