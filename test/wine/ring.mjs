// SPDX-License-Identifier: MIT
// Runs the part of `npm test` that uses the shipped binary in a real Windows Node under Wine.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { printFailures } from '../shared/failures.mjs';
import { silenceLimitMs as silenceMs } from '../shared/time-limits.mjs';
import { arch, nodeVersions, repository } from './paths.mjs';
import { runInWine } from './run.mjs';
import { findToolchain } from './toolchain.mjs';
import { runContract } from './vitest.mjs';

const title = 'Wine ring (the real addon in Windows Node)';

/** @param {string[]} args */
function runNode(...args) {
  const { status } = spawnSync(process.execPath, args, { cwd: repository, stdio: 'inherit' });
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}`);
}

/**
 * Runs something, and once more if Wine's server dies meanwhile, which says nothing about the addon.
 *
 * @param {number} node
 * @param {string} what
 * @param {() => Promise<import('./wine-process.mjs').WineResult>} run
 */
async function passes(node, what, run) {
  const start = performance.now();
  let result = await run();
  if (result.serverDied) {
    console.log(`${title}: Wine's server died while ${what} ran. Running it once more.`);
    result = await run();
  }
  const { exitCode, timedOut, serverDied, stdout, stderr } = result;
  const end = timedOut ? 'did not end' : serverDied ? "lost Wine's server twice" : `ended with ${exitCode}`;
  if (timedOut || serverDied || exitCode !== 0) {
    printFailures([{ name: `${what} on Windows Node ${node} ${end}`, output: `${stdout}${stderr}` }]);
    throw new Error(`${what} ${end} on Windows Node ${node}`);
  }
  console.log(`${title}: ${what} took ${((performance.now() - start) / 1000).toFixed(0)} s on Windows Node ${node}`);
}

async function runRing() {
  runNode('scripts/build-cross.mjs', '--arch', arch);
  // The other tests of the cross-build are about the addon for x64.
  const tests = arch === 'x64' ? [] : ['test/binary/headers.test.ts'];
  runNode('node_modules/vitest/vitest.mjs', 'run', '--project', 'binary', ...tests);
  const [oldest, newest = oldest] = Object.keys(nodeVersions).map(Number);
  await runSteered(newest, ['test/contract', 'test/native', 'examples']);
  // npm has one Node for ia32.
  if (newest === oldest) return;
  // The rest of the contract suite runs below, as on Windows; the tests that this skips do not depend on Node.
  await runSteered(oldest, ['test/native', 'examples']);
  for (const elevated of [true, false]) await runAsOnWindows(oldest, elevated);
}

/** These tests need a machine that they can steer. */
async function runSteered(node, files) {
  console.log(`\n${title}: Node ${nodeVersions[node]}`);
  await passes(node, 'the suite', () => runContract({ node, files, silenceMs }));
  const demo = path.join(repository, 'examples', 'demo.mjs');
  await passes(node, 'the demo', () => runInWine(demo, [], { node, stderr: process.stderr, silenceMs }));
}

/** Runs the suite without a connection to the machine, as on Windows, so that failures of that mode show here too. */
async function runAsOnWindows(node, elevated) {
  console.log(`\n${title}, as on Windows: Node ${nodeVersions[node]}, ${elevated ? 'elevated' : 'not elevated'}`);
  const env = { WPR_CONTROL_PORT: undefined, WPR_EXPECT_ELEVATED: elevated ? '1' : '0' };
  const files = ['test/contract', 'test/windows'];
  await passes(node, 'the contract suite', () => runContract({ node, files, elevated, env, silenceMs }));
  const probes = path.join(repository, 'test/windows/probes.mjs');
  const stdout = process.stdout;
  await passes(node, 'a probe', () => runInWine(probes, ['--strict'], { node, elevated, stdout, silenceMs }));
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
