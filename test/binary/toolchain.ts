// SPDX-License-Identifier: MIT
// The tools that make and read the binary: the cross-build, and objdump of MinGW-w64.
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

interface PathsModule {
  addonDirectory: string;
  arch: string;
  isMainRing: boolean;
}

interface ToolchainModule {
  findToolchain: () => { available: true; reason: string; dlltool: string } | { available: false; reason: string };
  missingLinters: () => string;
}

export const repository = fileURLToPath(new URL('../..', import.meta.url));
const wineModule = (name: string): Promise<unknown> => import(new URL(`../wine/${name}`, import.meta.url).href);
const toolchainFunctions = (await wineModule('toolchain.mjs')) as ToolchainModule;
/** The ring whose addon is tested. */
export const ring = (await wineModule('paths.mjs')) as PathsModule;

const toolchain = toolchainFunctions.findToolchain();

/** The reason why the binary cannot be built here, or an empty string. */
export const noToolchain = toolchain.reason;
/** The tools that are missing to lint the C++, or an empty string. */
export const missingLinters = toolchainFunctions.missingLinters();
export const noClang = spawnSync('clang++', ['--version']).status === 0 ? noToolchain : 'missing: clang++';

/** Runs the cross-build of a checkout and returns what it printed. */
export function crossBuild(checkout: string, ...args: string[]): string {
  return execFileSync(process.execPath, [path.join(checkout, 'scripts', 'build-cross.mjs'), ...args], {
    encoding: 'utf8',
    // The error of a build that fails has what the compiler prints.
    stdio: 'pipe',
  });
}

/** Finds the file that the cross-build put into a folder. */
export function addonIn(directory: string): string {
  const [name, ...others] = readdirSync(directory).filter((file) => file.endsWith('.node'));
  if (name === undefined || others.length > 0) {
    throw new Error(`${directory} must hold one addon: run "npm run build:cross"`);
  }
  return path.join(directory, name);
}

/** Returns the output of `objdump -p` for a Windows binary. */
export function readHeaders(file: string): string {
  if (!toolchain.available) throw new Error(toolchain.reason);
  // This one reads the binaries of ia32 too.
  const objdump = path.join(path.dirname(toolchain.dlltool), 'x86_64-w64-mingw32-objdump');
  return execFileSync(objdump, ['-p', file], { encoding: 'utf8' });
}
