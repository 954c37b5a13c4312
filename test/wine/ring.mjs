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
