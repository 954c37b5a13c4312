// SPDX-License-Identifier: MIT
// Runs the contract suite on Windows itself, with the addon that is built or in prebuilds/. Without one it says how to get it.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import findAddon from 'node-gyp-build';

const repository = path.resolve(import.meta.dirname, '../..');

/** Finds the file of the addon; undefined where there is none for this processor. */
function addonFile() {
  try {
    return findAddon.path(repository);
  } catch {
    return undefined;
  }
}

const file = addonFile();
if (file === undefined) {
  console.log(
    'The contract suite on Windows itself is skipped, because there is no addon yet. Visual Studio with C++ builds it: npm run build:windows',
  );
} else {
  console.log(`The contract suite on Windows itself, with ${path.relative(repository, file)}`);
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'test/windows/vitest.config.mjs'];
  const { status } = spawnSync(process.execPath, args, { cwd: repository, stdio: 'inherit' });
  process.exitCode = status ?? 1;
}
