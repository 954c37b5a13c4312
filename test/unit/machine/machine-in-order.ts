// SPDX-License-Identifier: MIT
import type { PortOwner } from '../../../src/calls/port-owners.js';
import type { ExcludedPortRange } from '../../../src/common/ports.js';
import type { MachineCheck, MachineCheckName } from '../../../src/machine/machine-check.js';
import type { MachineFacts } from '../../../src/machine/checks/gather-facts.js';
import type { Obstacle } from '../../../src/machine/obstacles.js';

export const known = <Value>(value: Value) => ({ known: true, value }) as const;
export const unknown = { known: false, why: 'It hangs.' } as const;

export const usualRange = { startPort: 49_152, numberOfPorts: 16_384 };
export const wideRange = { startPort: 1024, numberOfPorts: 64_511 };

export const stacks = [
  { protocol: 'tcp', family: 4 },
  { protocol: 'tcp', family: 6 },
  { protocol: 'udp', family: 4 },
  { protocol: 'udp', family: 6 },
] as const;

/** A machine on which everything is in order. */
export const inOrder: MachineFacts = {
  ports: [3000, 5173],
  simulated: false,
  addon: known(true),
  elevated: known(false),
  ranges: known([]),
  dynamicRanges: stacks.map((stack) => ({ ...stack, range: known(usualRange) })),
  maxUserPort: known(undefined),
  owners: known([]),
  guests: known([]),
  obstacles: known([]),
  refused: known([]),
  programs: known(['node.exe']),
  services: { winnat: known('running'), hns: known('running'), http: known('running') },
  wsl: known({ version: '2.6.1.0', distributions: ['Ubuntu'], mode: 'nat', configuredMode: 'nat' }),
  node: { version: '22.12.0', options: '', explainingOptions: '--require C:/app/preload.cjs' },
};

export function rangeOf(startPort: number, numberOfPorts: number): ExcludedPortRange {
  return { protocol: 'tcp', startPort, numberOfPorts, endPort: startPort + numberOfPorts - 1, administered: false };
}

export function server(port: number, address: string, processId: number, imageName = 'node.exe'): PortOwner {
  return { protocol: 'tcp', port, address, state: 'LISTEN', processId, imageName, serviceNames: [] };
}

export function dynamicRanges(range: MachineFacts['dynamicRanges'][number]['range'], protocol: 'tcp' | 'udp') {
  return stacks.map((stack) => ({
    ...stack,
    range: stack.protocol === protocol && stack.family === 6 ? range : known(usualRange),
  }));
}

export const obstacles = (...found: Obstacle[]) => known(found);

export const kernel = server(5173, '0.0.0.0', 4, 'System');
export const linux = { version: '2.6.1.0', distributions: ['Ubuntu'], mode: 'mirrored', configuredMode: 'mirrored' };

/** Facts that differ from those of a machine in order, and a check that has to come of them, with its first command. */
export type Row = readonly [
  what: string,
  facts: Partial<MachineFacts>,
  name: MachineCheckName,
  state: MachineCheck['state'],
  sentence: RegExp,
  command?: RegExp,
];
