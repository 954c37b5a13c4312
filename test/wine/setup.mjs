// SPDX-License-Identifier: MIT
// Sets up everything that the tests under Wine need in .wine/, and keeps the parts that are up to date. `--install`
// fetches missing system packages first.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { parseArgs } from 'node:util';
import {
  arch,
  nodePackage,
  nodeVersions,
  prefix,
  repository,
  rolldownBinding,
  secondPrefix,
  standIn,
  wineDirectory,
} from './paths.mjs';
import { joined, sourcesIn } from '../../scripts/cross.mjs';
import { silenceLimitMs } from '../shared/time-limits.mjs';
import { findToolchain, installToolchain } from './toolchain.mjs';
import { startInWine, wineEnvironment } from './wine-process.mjs';

const require = createRequire(import.meta.url);
const apiHeaders = require('node-api-headers');
const standInSources = path.join(import.meta.dirname, 'stand-in');

const connectionSource = path.join(standInSources, 'connection.cc');

/**
 * The files to put into system32: stand-ins for functions that Wine lacks or only names, and a service for the tests to
 * find. The folder of the same name has the sources; `sources` may add more.
 *
 * @typedef {{ file: string, flags: string[], sources: string[] }} SystemFile
 * @type {Record<string, SystemFile>}
 */
const systemFiles = {
  // A program with a console would have Wine start a conhost.exe each time.
  'stand-in-netsh': { file: 'netsh.exe', flags: ['-municode', '-Wl,--subsystem,windows'], sources: [connectionSource] },
  'port-service': { file: 'port-service.exe', flags: ['-municode'], sources: [] },
  'stand-in-computenetwork': {
    file: 'computenetwork.dll',
    // The throwing half of libstdc++ leaks a page each time the DLL is loaded. With its assertions, nothing of it is linked.
    // For ia32 the linker would export each function with the size of its arguments in the name.
    flags: ['-shared', '-D_GLIBCXX_ASSERTIONS', '-Wl,--kill-at'],
    sources: [connectionSource, path.join(repository, 'native/mingw/without_exceptions.cc')],
  },
};

/**
 * A folder of .wine/ that is built as a whole. Its key identifies the inputs of the build.
 *
 * @typedef {object} Part
 * @property {string} name
 * @property {string} key
 * @property {(directory: string, toolchain: import('./toolchain.mjs').Toolchain) => void | Promise<void>} build
 */

/** @returns {Part[]} */
function parts() {
  // Build the Nodes after the prefix, because they are tried in it.
  const nodes = Object.values(nodeVersions).map((version) => ({
    name: `node-${version.split('.')[0]}`,
    key: `${version}, page-aligned`,
    build: (directory, toolchain) => unpackNode(version, directory, toolchain),
  }));
  const rolldown = versionOf('rolldown');
  const ofPrefix = Object.entries(systemFiles).map(([name, systemFile]) => ({
    name,
    key: systemFileKey(name, systemFile),
    build: (directory, toolchain) => buildSystemFile(name, systemFile, directory, toolchain),
  }));
  return [
    { name: path.basename(prefix), key: 'Windows 10', build: createPrefix },
    ...nodes,
    { name: 'rolldown', key: rolldown, build: (directory) => installRolldownBinding(rolldown, directory) },
    { name: path.basename(path.dirname(standIn)), key: standInKey(), build: buildStandIn },
    ...ofPrefix,
    {
      name: path.basename(secondPrefix),
      key: keyOf(
        ofPrefix.map(({ key }) => key),
        '',
      ),
      build: copyPrefix,
    },
  ];
}

async function createPrefix(directory, toolchain) {
  await wine(toolchain, directory, ['wineboot', '-i']);
  await wine(toolchain, directory, ['reg', 'add', 'HKCU\\Software\\Wine', '/v', 'Version', '/d', 'win10', '/f']);
  // Wine writes the registry when the last process of the prefix has ended.
  execFileSync(toolchain.wineserver, ['-w'], { env: { ...process.env, ...wineEnvironment(directory) } });
  // Build these parts once more: a new prefix has none of the files, and its copy is of the old one.
  for (const name of [...Object.keys(systemFiles), path.basename(secondPrefix)]) {
    rmSync(path.join(wineDirectory, name), { recursive: true, force: true });
  }
}

/** Copies the prefix, except its 700 MB of system files: links suffice, because Windows programs replace no part of them. */
function copyPrefix(directory) {
  const windows = path.join('drive_c', 'windows');
  // Debian's Wine keeps the name of the server's folder in the file `wineserver`.
  const left = new Set([windows, 'wineserver'].map((name) => path.join(prefix, name)));
  cpSync(prefix, directory, { recursive: true, verbatimSymlinks: true, filter: (source) => !left.has(source) });
  run(['cp', '-al', path.join(prefix, windows), path.join(directory, windows)], directory);
}

async function unpackNode(version, directory, toolchain) {
  // The package declares `os: win32`, so that it cannot be installed here.
  run(['npm', 'pack', '--silent', `${nodePackage}@${version}`], directory);
  const tarball = `${nodePackage}-${version}.tgz`;
  run(['tar', '-xzf', tarball, '--strip-components=2', 'package/bin/node.exe'], directory);
  rmSync(path.join(directory, tarball));
  // Wine maps a section from the file only if it begins at a page there. Otherwise each start reads all 87 MB.
  run([toolchain.objcopy, '--file-alignment=4096', 'node.exe'], directory);
  const { stdout } = await wine(toolchain, prefix, [path.join(directory, 'node.exe'), '--version']);
  if (stdout.trim() !== `v${version}`) throw new Error(`node.exe ${version} says ${stdout}`);
}

function installRolldownBinding(version, directory) {
  const manifest = { private: true, dependencies: { '@rolldown/binding-wasm32-wasi': version } };
  writeFileSync(path.join(directory, 'package.json'), JSON.stringify(manifest));
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'];
  // By itself npm refuses a package for another processor, and npm 9 knows no option that names one.
  run(['npm', 'install', '--force', ...flags], directory);
  const installed = path.join(directory, path.relative(path.join(wineDirectory, 'rolldown'), rolldownBinding));
  if (!existsSync(installed)) throw new Error(`npm did not install @rolldown/binding-wasm32-wasi@${version}`);
  if (arch === 'ia32') lowerMemory(installed);
}

/** Has rolldown ask for shared memory that fits into 32 bits: it reserves the maximum at once, 4 GiB. */
function lowerMemory(binding) {
  const source = readFileSync(binding, 'utf8');
  const memory = /initial: \d+,\n(\s*)maximum: \d+,/;
  if (!memory.test(source)) throw new Error(`${binding} does not name the size of its memory`);
  writeFileSync(binding, source.replace(memory, 'initial: 2048,\n$1maximum: 16384,'));
}

const flags = [
  ...['-std=c++17', '-Os', '-fno-exceptions', '-fno-rtti', '-static', '-s'],
  ...['-Wall', '-Wextra', '-Wpedantic', '-Werror'],
];
const standInFlags = [...flags, '-shared', '-isystem', apiHeaders.include_dir];

function buildStandIn(directory, toolchain) {
  // dlltool leaves files behind in the folder for temporary files.
  const scratch = path.join(directory, 'scratch');
  mkdirSync(scratch);
  const runHere = (...command) => run(command, scratch, { TMPDIR: scratch });
  const nodeApi = ['js_native_api', 'node_api'].map((name) => {
    const library = path.join(scratch, `${name}.a`);
    runHere(toolchain.dlltool, '-d', apiHeaders.def_paths[`${name}_def`], '-l', library);
    return library;
  });
  const source = joined(sourcesIn('test/wine/stand-in'), scratch);
  const libraries = [...nodeApi, '-liphlpapi', '-lws2_32', '-ladvapi32', '-lntdll'];
  const output = ['-o', path.join(directory, path.basename(standIn))];
  runHere(toolchain.compiler, ...standInFlags, source, ...libraries, ...output);
  rmSync(scratch, { recursive: true });
}

/** Puts a program or a DLL into the prefix. */
function buildSystemFile(name, { file, flags: ownFlags, sources }, directory, toolchain) {
  const built = path.join(directory, file);
  const command = [toolchain.compiler, ...flags, ...ownFlags, ...sourcesOf(name), ...sources];
  run([...command, '-lws2_32', '-ladvapi32', '-o', built], directory);
  const installed = path.join(prefix, 'drive_c/windows/system32', file);
  // Wine may have the old file open.
  copyFileSync(built, `${installed}.new`);
  renameSync(`${installed}.new`, installed);
}

function filesOf(directory) {
  return readdirSync(directory)
    .sort()
    .map((name) => path.join(directory, name));
}

function standInKey() {
  return keyOf(standInFlags, versionOf('node-api-headers'), ...filesOf(standInSources));
}

function systemFileKey(name, systemFile) {
  const header = path.join(standInSources, 'connection.h');
  return keyOf([...flags, systemFile.flags], '', ...sourcesOf(name), ...systemFile.sources, header);
}

function sourcesOf(name) {
  return filesOf(path.join(import.meta.dirname, name));
}

function keyOf(compilerFlags, version, ...files) {
  const hash = createHash('sha256').update(JSON.stringify(compilerFlags)).update(version);
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex');
}

function versionOf(name) {
  return JSON.parse(readFileSync(path.join(repository, 'node_modules', name, 'package.json'), 'utf8')).version;
}

function run([program, ...args], cwd, env) {
  execFileSync(program, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'inherit'] });
}

async function wine(toolchain, winePrefix, command) {
  const result = await startInWine(toolchain, command, { prefix: winePrefix, silenceMs: silenceLimitMs }).done;
  if (result.exitCode !== 0) {
    const end = result.timedOut ? 'took too long' : `ended with ${result.exitCode}`;
    throw new Error(`wine ${command.join(' ')} ${end}: ${result.stderr}`);
  }
  return result;
}

const stampOf = (name) => path.join(wineDirectory, name, '.built-from');

const isCurrent = ({ name, key }) => existsSync(stampOf(name)) && readFileSync(stampOf(name), 'utf8') === key;

/** @param {Part} part */
async function build({ name, key, build }, toolchain) {
  const start = performance.now();
  const directory = mkdtempSync(path.join(wineDirectory, `new-${name}-`));
  try {
    await build(directory, toolchain);
    writeFileSync(path.join(directory, path.basename(stampOf(name))), key);
    rmSync(path.join(wineDirectory, name), { recursive: true, force: true });
    renameSync(directory, path.join(wineDirectory, name));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  console.log(`.wine/${name}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

/** Builds what is out of date. The caller holds the lock. */
async function buildParts() {
  const toolchain = findToolchain();
  for (const part of parts()) {
    if (!isCurrent(part)) await build(part, toolchain);
  }
}

/**
 * Makes .wine/ ready, once for all runs that ask at the same time.
 *
 * @returns {import('./toolchain.mjs').Toolchain}
 */
export function setUp() {
  const toolchain = findToolchain();
  if (!toolchain.available) throw new Error(`Wine cannot be used here: ${toolchain.reason}`);
  if (parts().every(isCurrent)) return toolchain;
  mkdirSync(wineDirectory, { recursive: true });
  // The kernel releases the lock when its holder dies; --close keeps the wineserver, which outlives it, from holding
  // the lock.
  const lock = ['--close', path.join(wineDirectory, 'lock')];
  const self = [process.execPath, import.meta.filename, '--locked'];
  const { status } = spawnSync(toolchain.flock, [...lock, ...self], { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error('the set-up of .wine/ failed');
  return toolchain;
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({ options: { install: { type: 'boolean' }, locked: { type: 'boolean' } } });
  if (values.locked) {
    await buildParts();
  } else {
    if (values.install) installToolchain();
    setUp();
    console.log('.wine/ is up to date');
  }
}
