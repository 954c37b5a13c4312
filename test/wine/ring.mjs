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

/** @param {number} node @param {string} what @param {Promise<{ exitCode: number | null }>} run */
async function passes(node, what, run) {
  const { exitCode } = await run;
  if (exitCode !== 0) throw new Error(`${what} ended with ${exitCode} on Windows Node ${node}`);
}

async function runRing() {
  runNode('scripts/build-cross.mjs');
  runNode('node_modules/vitest/vitest.mjs', 'run', '--project', 'binary');
  for (const node of Object.keys(nodeVersions).map(Number)) {
    console.log(`\n${title}: Node ${nodeVersions[node]}`);
    await passes(
      node,
      'the contract suite',
      runContract({ node, files: ['test/contract', 'test/wine/native', 'examples'] }),
    );
    const demo = path.join(repository, 'examples', 'demo.mjs');
    await passes(node, 'the demo', runInWine(demo, [], { node, stderr: process.stderr }));
  }
  await runAsOnWindows(22);
}

/** Without a way to the machine, so that the suite does what it does on Windows: elsewhere nobody would see it fail. */
async function runAsOnWindows(node) {
  for (const elevated of [true, false]) {
    console.log(`\n${title}, as on Windows: ${elevated ? 'elevated' : 'not elevated'}`);
    const env = { WPR_CONTROL_PORT: undefined, WPR_EXPECT_ELEVATED: elevated ? '1' : '0' };
    // A process without rights skips most of the suite: what it does in any case is what could go wrong.
    const files = elevated ? ['test/contract', 'test/windows'] : ['test/contract/persistent', 'test/windows'];
    await passes(node, 'the contract suite', runContract({ node, files, elevated, env }));
    const probes = path.join(repository, 'test/windows/probes.mjs');
    await passes(node, 'a probe', runInWine(probes, ['--strict'], { node, elevated, stdout: process.stdout }));
  }
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
