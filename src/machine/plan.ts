// SPDX-License-Identifier: MIT
import type { PortBlock } from '../common/ports.js';
import { portsText } from '../common/port-ranges.js';
import type { PortsLook } from './look.js';
import { isWinNat } from './obstacles.js';
import type { CutOff, Cost } from './what-is-cut.js';

/** One step of the protection of ports. */
export interface ProtectionStep {
  /**
   * - `guard`: starts a process that starts WinNAT again if this one dies.
   * - `shut-down-wsl`, `stop-winnat`, `exclude`, `start-winnat`: as they say.
   * - `wait-for-program`: waits until programs listen on the ports.
   * - `verify`: reads the list of excluded ranges in both stores, and binds the ports.
   */
  readonly action:
    'guard' | 'shut-down-wsl' | 'stop-winnat' | 'exclude' | 'wait-for-program' | 'start-winnat' | 'verify';
  /** The step in words. */
  readonly text: string;
  /** With `exclude`: the block. */
  readonly block?: PortBlock;
}

/** Everything that is to be done, as data: it is printed as well as run. */
export interface ProtectionPlan {
  readonly block: PortBlock;
  /** Whether there is nothing to do. */
  readonly isProtected: boolean;
  readonly stopsWinNat: boolean;
  readonly shutsDownWsl: boolean;
  readonly steps: readonly ProtectionStep[];
  /** The systems that have no network for a while, or are shut down; none if WinNAT keeps running. */
  readonly cutOff: readonly CutOff[];
}

export interface PlanOptions {
  /** The cost of stopping WinNAT; undefined if WinNAT is not to be stopped. */
  readonly cost: Cost | undefined;
  readonly shutDownWsl: boolean;
  /** Whether to leave nothing behind: a program takes the ports while WinNAT is stopped. */
  readonly justNow?: boolean | undefined;
}

/** Plans what a look calls for. It has no obstacles but blocks of WinNAT. */
export function planProtection({ block, missing, obstacles }: PortsLook, options: PlanOptions): ProtectionPlan {
  const { cost, justNow = false } = options;
  const stopsWinNat = cost !== undefined && obstacles.some(isWinNat);
  const shutsDownWsl = stopsWinNat && options.shutDownWsl && cost.distributions.length > 0;
  const steps: ProtectionStep[] = [];
  if (stopsWinNat) steps.push(guard);
  if (shutsDownWsl) steps.push(shutDown(cost.distributions));
  if (stopsWinNat) steps.push(stop);
  if (!justNow) steps.push(...missing.map(exclude));
  else if (stopsWinNat) steps.push(waitForProgram(block));
  if (stopsWinNat) steps.push(start);
  if (!justNow && missing.length > 0) steps.push(verify);
  return {
    block,
    isProtected: missing.length === 0,
    stopsWinNat,
    shutsDownWsl,
    steps,
    cutOff: stopsWinNat ? cost.cutOff : [],
  };
}

const guard: ProtectionStep = {
  action: 'guard',
  text: 'Start a process that starts WinNAT again if this one is killed.',
};

const stop: ProtectionStep = {
  action: 'stop-winnat',
  text: 'Stop WinNAT, which gives its blocks of ports back. Until it runs again, WSL, Docker and virtual machines have no network.',
};

function waitForProgram(block: PortBlock): ProtectionStep {
  const text = `Wait until a program listens on ${block.protocol} ${portsText(block)}: start yours now, in another terminal.`;
  return { action: 'wait-for-program', text };
}

const start: ProtectionStep = {
  action: 'start-winnat',
  text: 'Start WinNAT again, which takes other blocks of ports.',
};

const verify: ProtectionStep = {
  action: 'verify',
  text: 'Check that the exclusion is listed, now and after a restart, and that the ports can be bound.',
};

function shutDown(distributions: readonly string[]): ProtectionStep {
  const text = `Shut down WSL (${distributions.join(', ')}): left running, it has no network.`;
  return { action: 'shut-down-wsl', text };
}

function exclude(block: PortBlock): ProtectionStep {
  const text = `Exclude ${block.protocol} ${portsText(block)}: Windows, Hyper-V and WSL leave excluded ports alone.`;
  return { action: 'exclude', text, block };
}
