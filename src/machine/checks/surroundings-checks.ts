// SPDX-License-Identifier: MIT
import { printable } from '../../common/printable.js';
import { fileSharingPorts, systemProcessId } from '../../explain/answer/range-holder.js';
import { valueOf } from '../../explain/facts/facts.js';
import type { MachineCheck } from '../machine-check.js';
import type { CheckedService, MachineFacts } from './gather-facts.js';
import type { WslFacts } from './wsl-facts.js';
import { listOf } from './words.js';

export function wslCheck({ wsl }: Pick<MachineFacts, 'wsl'>): MachineCheck {
  const name = 'wsl';
  if (!wsl.known) return { name, state: 'unknown', sentence: `WSL could not be asked: ${wsl.why}` };
  if (wsl.value === undefined) return { name, state: 'ok', sentence: 'WSL is not installed.' };
  const { version, distributions } = wsl.value;
  if (version === undefined) {
    const sentence = 'WSL did not report its version: it is not installed, or is the old WSL that comes with Windows.';
    return distributions.length === 0
      ? { name, state: 'ok', sentence }
      : { name, state: 'warning', sentence, advice: update };
  }
  const running = distributions.length === 0 ? 'no distribution runs' : `${listOf(distributions.map(printable))} runs`;
  const { text, isMirrored, isKnown } = modeOf(wsl.value);
  const sentence = `WSL ${version}: ${running}; ${text}.`;
  if (!isMirrored) return { name, state: isKnown ? 'ok' : 'unknown', sentence };
  if (refusesDynamicPorts(version)) {
    return {
      name,
      state: 'warning',
      sentence: `${sentence} This version refuses Linux programs the ports of Windows' dynamic range (microsoft/WSL#40597).`,
      advice: update,
    };
  }
  return {
    name,
    state: 'warning',
    sentence: `${sentence} Windows and Linux share their ports, and no list of Windows shows those that Linux has.`,
    advice: {
      text: 'If a port is refused, see which Linux program listens on it.',
      commands: ['wsl --exec ss -lntp'],
      elevated: false,
    },
  };
}

const update = { text: 'Update WSL.', commands: ['wsl --update'], elevated: false } as const;

function modeOf({ mode, configuredMode }: WslFacts): { text: string; isMirrored: boolean; isKnown: boolean } {
  const isMirrored = (mode ?? configuredMode) === 'mirrored';
  if (mode !== undefined) return { text: `its networking mode is ${printable(mode)}`, isMirrored, isKnown: true };
  if (configuredMode === undefined) return { text: 'its networking mode is not known', isMirrored, isKnown: false };
  return { text: `its networking mode was not asked; .wslconfig sets ${configuredMode}`, isMirrored, isKnown: true };
}

/** WSL 2.8.7 to 2.9.4 (microsoft/WSL#40597, microsoft/WSL#41085). */
function refusesDynamicPorts(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  const number = (major * 1000 + minor) * 1000 + patch;
  return number >= 2_008_007 && number <= 2_009_004;
}

export function dockerCheck({ programs }: Pick<MachineFacts, 'programs'>): MachineCheck {
  const name = 'docker';
  if (!programs.known) {
    return { name, state: 'unknown', sentence: `The programs that run are not known: ${programs.why}` };
  }
  const running = new Set(programs.value.map((program) => program.toLowerCase()));
  if (running.has('docker desktop.exe') || running.has('com.docker.backend.exe')) {
    return { name, state: 'ok', sentence: 'Docker Desktop runs. The published ports of its containers are in use.' };
  }
  if (running.has('dockerd.exe')) {
    return {
      name,
      state: 'ok',
      sentence: 'dockerd.exe runs, as for Windows containers, which cannot use an excluded port.',
    };
  }
  return { name, state: 'ok', sentence: 'Neither Docker Desktop nor dockerd.exe runs.' };
}

export function serviceChecks(facts: Pick<MachineFacts, 'services' | 'wsl' | 'owners'>): MachineCheck[] {
  const { services } = facts;
  return [winNatCheck(facts), stateCheck('hns', services.hns), httpCheck(facts)];
}

const titles: Readonly<Record<CheckedService, string>> = {
  winnat: 'WinNAT, which takes blocks of ports for Hyper-V, WSL and Docker,',
  hns: 'The Host Network Service (hns)',
  http: 'http.sys, through which IIS and others listen,',
};

function stateCheck(name: CheckedService, state: MachineFacts['services'][CheckedService]): MachineCheck {
  if (!state.known) return { name, state: 'unknown', sentence: `${titles[name]} could not be asked: ${state.why}` };
  if (state.value === undefined) return { name, state: 'ok', sentence: `${titles[name]} is not installed.` };
  const isPending = state.value !== 'running' && state.value !== 'stopped';
  return { name, state: isPending ? 'warning' : 'ok', sentence: `${titles[name]} is ${state.value}.` };
}

/** WSL in the mode nat has no network without WinNAT. */
function winNatCheck({ services, wsl }: Pick<MachineFacts, 'services' | 'wsl'>): MachineCheck {
  const check = stateCheck('winnat', services.winnat);
  const linux = valueOf(wsl);
  if (valueOf(services.winnat) !== 'stopped' || linux?.mode !== 'nat') return check;
  return {
    ...check,
    state: 'problem',
    sentence: `WinNAT is stopped while ${listOf(linux.distributions.map(printable))} runs in WSL, so WSL has no network.`,
    advice: {
      text: 'Shut WSL down and start WinNAT; then start WSL again.',
      commands: ['wsl --shutdown', 'net start winnat'],
      elevated: true,
      cost: 'Programs in WSL end.',
    },
  };
}

function httpCheck({ services, owners }: Pick<MachineFacts, 'services' | 'owners'>): MachineCheck {
  const check = stateCheck('http', services.http);
  const ofKernel = (valueOf(owners) ?? []).filter(
    ({ processId, port, state }) =>
      processId === systemProcessId && state === 'LISTEN' && !fileSharingPorts.includes(port),
  );
  const ports = [...new Set(ofKernel.map(({ port }) => port))].sort((one, other) => one - other);
  if (ports.length === 0 || valueOf(services.http) !== 'running') return check;
  return { ...check, sentence: `${check.sentence} The kernel listens on TCP ${listOf(ports.map(String))}.` };
}
