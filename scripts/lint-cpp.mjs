// SPDX-License-Identifier: MIT
// Lints the C++: clang-format over all of it, clang-tidy over the addon. On a machine without the tools it prints a
// line and succeeds; with CI=true it fails.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { missingLinters } from '../test/wine/toolchain.mjs';

const root = path.resolve(import.meta.dirname, '..');
/** Runs a checker, which prints its findings. */
function check(command, ...args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (error) throw error;
  if (status !== 0) process.exitCode = 1;
}

const sources = ['native', 'bench/native', 'test/binary', 'test/wine'].flatMap((folder) =>
  readdirSync(path.join(root, folder), { recursive: true })
    .filter((name) => /\.(cc|h)$/.test(name))
    .map((name) => path.join(folder, name)),
);

const missing = missingLinters();
if (missing !== '') {
  console.error(`The C++ is not linted: ${missing}`);
  if (process.env.CI === 'true') process.exitCode = 1;
} else {
  check('clang-format', '--dry-run', '-Werror', ...sources);
  check(process.execPath, 'scripts/build-cross.mjs', '--tidy');
}
