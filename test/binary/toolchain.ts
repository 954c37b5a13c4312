// SPDX-License-Identifier: MIT
// What makes and reads the binary: the cross-build, and objdump of MinGW-w64.
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

interface ToolchainModule {
  findToolchain: () => { available: true; reason: string; dlltool: string } | { available: false; reason: string };
  missingLinters: () => string;
}

export const repository = fileURLToPath(new URL('../..', import.meta.url));
const toolchainModule = new URL('../wine/toolchain.mjs', import.meta.url).href;
const toolchainFunctions = (await import(toolchainModule)) as ToolchainModule;

const toolchain = toolchainFunctions.findToolchain();

/** Why the binary cannot be made here; an empty string where it can. */
export const noToolchain = toolchain.reason;
/** What is missing to lint the C++; an empty string where nothing is. */
export const missingLinters = toolchainFunctions.missingLinters();
export const noClang = spawnSync('clang++', ['--version']).status === 0 ? noToolchain : 'missing: clang++';

/** Runs the cross-build of a checkout and returns what it printed. */
export function crossBuild(checkout: string, ...args: string[]): string {
  return execFileSync(process.execPath, [path.join(checkout, 'scripts', 'build-cross.mjs'), ...args], {
    encoding: 'utf8',
  });
}

/** The file that the cross-build put in a folder. */
export function addonIn(directory: string): string {
  const [name, ...others] = readdirSync(directory).filter((file) => file.endsWith('.node'));
  if (name === undefined || others.length > 0) {
    throw new Error(`${directory} must hold one addon: run "npm run build:cross"`);
  }
  return path.join(directory, name);
}

/** What `objdump -p` says about a Windows binary. */
export function readHeaders(file: string): string {
  if (!toolchain.available) throw new Error(toolchain.reason);
  const objdump = toolchain.dlltool.replace(/dlltool$/, 'objdump');
  return execFileSync(objdump, ['-p', file], { encoding: 'utf8' });
}
