// SPDX-License-Identifier: MIT
// Makes the tarball that `npm publish` would upload, and reads its content.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { repository } from '../wine/paths.mjs';
import { runNpm, runWell } from './child-process.mjs';
import { hangLimitSeconds } from './limits.mjs';

/**
 * @typedef {object} PackedPackage
 * @property {string} tarball
 * @property {string} directory The folder into which it is unpacked.
 * @property {string[]} files Relative to that folder, with slashes.
 * @property {Record<string, any>} manifest Its package.json.
 * @property {(file: string) => Buffer} read
 */

/**
 * Packs the repository, which builds it first.
 *
 * @param {string} directory For the tarball.
 * @param {boolean} [isBuilt] Takes the build that is there.
 */
export async function pack(directory, isBuilt = false) {
  mkdirSync(directory);
  const flags = isBuilt ? ['--ignore-scripts'] : [];
  await runNpm(['pack', '--pack-destination', directory, ...flags], { cwd: repository, seconds: hangLimitSeconds });
  const [name] = readdirSync(directory);
  return path.join(directory, name);
}

/**
 * @param {string} tarball
 * @param {string} directory An empty folder for its contents.
 * @returns {Promise<PackedPackage>}
 */
export async function unpack(tarball, directory) {
  mkdirSync(directory);
  await runWell(['tar', '-xzf', tarball, '-C', directory], { cwd: directory, seconds: hangLimitSeconds });
  const contents = path.join(directory, 'package');
  const others = readdirSync(directory).filter((name) => name !== 'package');
  if (others.length > 0 || !existsSync(contents)) throw new Error(`${tarball} must hold one folder named package`);
  const read = (file) => readFileSync(path.join(contents, file));
  return {
    tarball,
    directory: contents,
    files: filesIn(contents),
    manifest: JSON.parse(read('package.json').toString()),
    read,
  };
}

/**
 * Lists the files of a folder and its subfolders, with slashes, by name.
 *
 * @param {string} directory
 */
export function filesIn(directory) {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .sort();
}

/**
 * @param {string} directory
 * @returns {number} In bytes.
 */
export function sizeOf(directory) {
  return filesIn(directory).reduce((sum, file) => sum + statSync(path.join(directory, file)).size, 0);
}
