// SPDX-License-Identifier: MIT
// The part of `npm test` that runs the shipped binary in a real Windows Node under Wine.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { nodeVersions, repository } from './paths.mjs';
import { runInWine } from './run.mjs';
import { findToolchain } from './toolchain.mjs';
import { runContract } from './vitest.mjs';

const title = 'Wine ring (the real addon in Windows Node)';

/** @param {string[]} args */
function runNode(...args) {
  const { status } = spawnSync(process.execPath, args, { cwd: repository, stdio: 'inherit' });
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}`);
}

/** Many times what a run takes. */
const timeLimitMs = 15 * 60_000;

/**
 * Runs once more what came to no end: when Wine's server dies, what runs on it waits for ever, and that says nothing of
 * the addon.
 *
 * @param {number} node
 * @param {string} what
 * @param {(limit: { timeoutMs: number }) => Promise<{ exitCode: number | null, timedOut: boolean }>} run
 */
async function passes(node, what, run) {
  let { exitCode, timedOut } = await run({ timeoutMs: timeLimitMs });
  if (timedOut) {
    console.log(`${title}: ${what} did not end, once more`);
    ({ exitCode, timedOut } = await run({ timeoutMs: timeLimitMs }));
  }
  if (timedOut) throw new Error(`${what} did not end on Windows Node ${node}`);
  if (exitCode !== 0) throw new Error(`${what} ended with ${exitCode} on Windows Node ${node}`);
}

async function runRing() {
  runNode('scripts/build-cross.mjs');
  runNode('node_modules/vitest/vitest.mjs', 'run', '--project', 'binary');
  const [oldest, newest] = Object.keys(nodeVersions).map(Number);
  await runSteered(newest, ['test/contract', 'test/wine/native', 'examples']);
  // The rest of the contract suite follows on it, as on Windows: what that leaves out is not about Node.
  await runSteered(oldest, ['test/wine/native', 'examples']);
  for (const elevated of [true, false]) await runAsOnWindows(oldest, elevated);
}

/** Where the machine does what the tests tell it. */
async function runSteered(node, files) {
  console.log(`\n${title}: Node ${nodeVersions[node]}`);
  await passes(node, 'the suite', (limit) => runContract({ node, files, ...limit }));
  const demo = path.join(repository, 'examples', 'demo.mjs');
  await passes(node, 'the demo', (limit) => runInWine(demo, [], { node, stderr: process.stderr, ...limit }));
}

/** Without a way to the machine, so that the suite does what it does on Windows: elsewhere nobody would see it fail. */
async function runAsOnWindows(node, elevated) {
  console.log(`\n${title}, as on Windows: Node ${nodeVersions[node]}, ${elevated ? 'elevated' : 'not elevated'}`);
  const env = { WPR_CONTROL_PORT: undefined, WPR_EXPECT_ELEVATED: elevated ? '1' : '0' };
  const files = ['test/contract', 'test/windows'];
  await passes(node, 'the contract suite', (limit) => runContract({ node, files, elevated, env, ...limit }));
  const probes = path.join(repository, 'test/windows/probes.mjs');
  const stdout = process.stdout;
  await passes(node, 'a probe', (limit) => runInWine(probes, ['--strict'], { node, elevated, stdout, ...limit }));
}

const toolchain = findToolchain();
if (toolchain.available) {
  await runRing();
} else {
  console.log(`\n${title}: skipped. ${toolchain.reason}`);
  if (process.env.CI === 'true') {
    console.error('With CI=true it must not be skipped.');
    process.exitCode = 1;
  }
}
