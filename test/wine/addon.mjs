// SPDX-License-Identifier: MIT
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { addonDirectory, arch, repository } from './paths.mjs';

/**
 * Finds the addon that Windows Node loads under Wine, and builds it if there is none yet.
 *
 * @param {string} [folder] Default the folder of the cross-build.
 * @param {() => void} [build] Puts it there.
 */
export function findAddon(folder = addonDirectory, build = crossBuild) {
  if (addonsIn(folder).length === 0) build();
  const addons = addonsIn(folder);
  if (addons.length !== 1) throw new Error(`${folder} must hold one addon, not ${addons.length}`);
  return path.join(folder, addons[0]);
}

/** @param {string} folder */
function addonsIn(folder) {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.node'));
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return [];
  }
}

function crossBuild() {
  console.error('There is no addon yet: building it (npm run build:cross).');
  // The output of the build must not mix with that of the script in Windows Node.
  execFileSync(
    process.execPath,
    [path.join(repository, 'scripts', 'build-cross.mjs'), '--arch', arch, '--out', addonDirectory],
    {
      stdio: ['ignore', process.stderr, 'inherit'],
    },
  );
}
