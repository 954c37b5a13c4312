// SPDX-License-Identifier: MIT
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { getTools } from '../../windows/binding.js';
import { installed } from '../../windows/installed-windows.js';
import { systemTools } from '../system-tools.js';

export interface WslFacts {
  /** Undefined where `wsl --version` failed: WSL is not installed, or is the old one that is part of Windows. */
  readonly version: string | undefined;
  /** The distributions that run. */
  readonly distributions: readonly string[];
  /** The mode that a running distribution told. */
  readonly mode: string | undefined;
  /** The mode in `.wslconfig`, or the default; undefined where that file says nothing about this machine. */
  readonly configuredMode: string | undefined;
}

/** Asks WSL without starting it. Resolves to undefined where there is no wsl.exe. */
export async function askWsl(): Promise<WslFacts | undefined> {
  const versions = await getTools()('wsl', ['--version']);
  if (versions === undefined) return undefined;
  const distributions = await systemTools.listRunningDistributions();
  return {
    version: versions.exitCode === 0 ? versionIn(versions.output) : undefined,
    distributions,
    mode: await askForMode(distributions),
    configuredMode: await readConfiguredMode(),
  };
}

/** Finds the version in the first line, whose words are in the language of the user. */
export function versionIn(output: string): string | undefined {
  return /\d+(?:\.\d+){2,3}/.exec(output)?.[0];
}

/** All distributions share one mode. wsl.exe would start a distribution that does not run, so the name of one that does is given. */
async function askForMode(distributions: readonly string[]): Promise<string | undefined> {
  const running = distributions.find((name) => !name.startsWith('docker-desktop')) ?? distributions[0];
  if (running === undefined) return undefined;
  const told = await getTools()('wsl', ['--distribution', running, '--exec', 'wslinfo', '--networking-mode']);
  // An older WSL has no wslinfo.
  return told?.exitCode === 0 ? told.output.trim().toLowerCase() || undefined : undefined;
}

/** Reads nothing for a simulated machine: this home is not its own. */
async function readConfiguredMode(): Promise<string | undefined> {
  if (process.platform !== 'win32' || installed.length > 0) return undefined;
  try {
    return configuredModeIn(await readFile(path.join(homedir(), '.wslconfig'), 'utf8'));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? configuredModeIn('') : undefined;
  }
}

/** Finds `networkingMode` in the section `[wsl2]`, where WSL reads it in any case; its default is `nat`. */
export function configuredModeIn(config: string): string {
  let section = '';
  let mode = 'nat';
  for (const line of config.split(/\r?\n/)) {
    section = /^\s*\[(.*)\]/.exec(line)?.[1]?.trim().toLowerCase() ?? section;
    const value = /^\s*networkingMode\s*=\s*"?([\w-]+)/i.exec(line)?.[1];
    if (section === 'wsl2' && value !== undefined) mode = value.toLowerCase();
  }
  return mode;
}
