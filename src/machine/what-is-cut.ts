// SPDX-License-Identifier: MIT
import type { MachineTools } from './tools.js';

/** Something that has no network while WinNAT is stopped, or ends with WSL. */
export interface CutOff {
  /** For a sentence: `the WSL distribution Ubuntu`. */
  readonly name: string;
  /** How the user gets it back; absent where it comes back by itself. */
  readonly startAgain?: string;
}

/** Programs that say by running that WinNAT is needed. They are all that an ordinary list of processes shows. */
const programs: readonly (CutOff & { readonly imageNames: readonly string[] })[] = [
  {
    imageNames: ['docker desktop.exe', 'com.docker.backend.exe'],
    name: 'Docker Desktop and its containers',
    startAgain: 'restart Docker Desktop',
  },
  { imageNames: ['dockerd.exe'], name: 'Windows containers (dockerd)', startAgain: 'restart those containers' },
  {
    imageNames: ['windowssandbox.exe', 'windowssandboxclient.exe', 'windowssandboxserver.exe'],
    name: 'Windows Sandbox',
    startAgain: 'open Windows Sandbox again: closing it deletes everything inside',
  },
  {
    // Each virtual machine has one, that of WSL too, which is named by its distributions.
    imageNames: ['vmwp.exe'],
    name: 'virtual machines of Hyper-V that use the default switch',
    startAgain: 'if a virtual machine has no network, restart it',
  },
];

const dockerDistribution = /^docker-desktop(-data)?$/;

/** The cost of restarting WinNAT now. */
export interface Cost {
  /** The running distributions of WSL. */
  readonly distributions: readonly string[];
  readonly cutOff: readonly CutOff[];
}

/** Asks what is running. WSL keeps no network after a restart of WinNAT (microsoft/WSL#9418), so it is shut down first. */
export async function whatIsCut(tools: MachineTools): Promise<Cost> {
  const [distributions, running] = await Promise.all([tools.listRunningDistributions(), tools.listPrograms()]);
  const names = new Set(running.map((name) => name.toLowerCase()));
  const machines = running.filter((name) => name.toLowerCase() === 'vmwp.exe').length;
  const ofWsl = distributions.length > 0 ? 1 : 0;
  return {
    distributions,
    cutOff: [
      ...distributions.filter((name) => !dockerDistribution.test(name)).map(distributionOf),
      ...programs
        .filter(({ imageNames }) => imageNames.some((name) => names.has(name)))
        .filter(({ imageNames }) => !imageNames.includes('vmwp.exe') || machines > ofWsl)
        .map(({ name, startAgain }) => ({ name, ...(startAgain !== undefined && { startAgain }) })),
    ],
  };
}

function distributionOf(name: string): CutOff {
  return { name: `the WSL distribution ${name}`, startAgain: `start ${name} again: wsl --distribution ${quote(name)}` };
}

/** A name with a space or a letter that a shell obeys is left to the user. */
function quote(name: string): string {
  return /^[\w.-]+$/.test(name) ? name : '<name>';
}
