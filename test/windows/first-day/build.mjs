// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { repository } from './steps.mjs';

/** Builds what is not built yet: the compiled TypeScript, and on Windows the addon. */
export function build() {
  if (!existsSync(path.join(repository, 'dist/index.js'))) {
    run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.json');
    run('scripts/bundle.mjs');
  }
  const isAttached = process.env.WPR_ADDON !== undefined;
  if (process.platform !== 'win32' || isAttached || hasAddon()) return;
  run('node_modules/node-gyp/bin/node-gyp.js', 'rebuild');
}

function hasAddon() {
  const folders = ['build/Release/win-port-reservation.node', `prebuilds/win32-${process.arch}`];
  return folders.some((name) => existsSync(path.join(repository, name)));
}

function run(script, ...args) {
  const { status } = spawnSync(process.execPath, [path.join(repository, script), ...args], {
    cwd: repository,
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error(`${script} ended with ${status}. The addon needs Visual Studio with C++.`);
}
