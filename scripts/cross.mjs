// SPDX-License-Identifier: MIT
// The parts that all cross-builds of the addon share, whichever compiler makes them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '..');
const require = createRequire(import.meta.url);

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

export const compileFlags = [
  ...['-std=c++17', '-Os', '-fno-exceptions', '-fno-rtti', '-ffunction-sections', '-fdata-sections'],
  ...warnings,
  ...definitions.map((definition) => `-D${definition}`),
  // Include these as system headers, so that warnings concern only this package's code.
  ...includes.flatMap((directory) => ['-isystem', directory]),
  `-ffile-prefix-map=${root}=.`,
];

/** The libraries of Windows that the addon is linked with. */
export const libraries = ['iphlpapi', 'ws2_32', 'advapi32', 'ole32', 'shell32'];

/** The C++ files of a folder, in an order that does not depend on the file system. */
export function sourcesIn(directory) {
  return readdirSync(path.join(root, directory))
    .filter((name) => name.endsWith('.cc'))
    .sort()
    .map((name) => path.join(directory, name));
}

/**
 * Puts all sources into one file, so that the headers of Windows and Node, which take most of the time, are read once.
 */
export function joined(sources, directory, name = 'all.cc') {
  const all = path.join(directory, name);
  writeFileSync(all, sources.map((source) => `#include "${path.join(root, source)}"\n`).join(''));
  return all;
}

/**
 * Compiles sources, as many at once as there are processors.
 *
 * @param {string} compiler
 * @param {string[]} flags
 * @param {string[]} sources
 * @param {string} directory For the objects.
 * @returns {Promise<string[]>} The objects, in the order of the sources.
 */
export async function compile(compiler, flags, sources, directory) {
  const objects = sources.map((source) => path.join(directory, `${path.basename(source, '.cc')}.o`));
  const left = sources.entries();
  const compileNext = async () => {
    for (const [place, source] of left) {
      const args = [...flags, ...compileFlags, '-c', source, '-o', objects[place]];
      const child = spawn(compiler, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
      const [status] = await once(child, 'exit');
      if (status !== 0) throw new Error(`${source} does not compile`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, compileNext));
  return objects;
}

/**
 * Writes what dlltool makes the import library for node.exe from: the exports of Node-API.
 *
 * @param {string} directory
 * @returns {string} The file.
 */
export function writeNodeDefinition(directory) {
  const { def_paths: paths } = require('node-api-headers');
  const symbols = [paths.js_native_api_def, paths.node_api_def].flatMap((file) =>
    readFileSync(file, 'utf8')
      .split(/\r?\n/)
      .filter((line) => /^\s*\w+\s*$/.test(line) && line.trim() !== 'EXPORTS'),
  );
  const definition = path.join(directory, 'node.def');
  writeFileSync(definition, ['NAME node.exe', 'EXPORTS', ...symbols, ''].join('\n'));
  return definition;
}
