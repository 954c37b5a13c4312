// SPDX-License-Identifier: MIT
import type { EarlierRefusal, Fact, PortFacts } from '../../../src/explain/facts/facts.js';
import type { ExcludedPortRange, PortRange } from '../../../src/common/ports.js';
import type { RangeHolder } from '../../../src/explain/answer/range-holder.js';
import type { PortExplanation } from '../../../src/explain/port-explanation.js';
import type { PortOwner } from '../../../src/calls/port-owners.js';
import { portsFrom } from '../../shared/ports-from.js';

export const known = <Value>(value: Value): Fact<Value> => ({ known: true, value });
export const unknown = (why: string): Fact<never> => ({ known: false, why });

/** Makes attempts at the addresses that `listen` uses without a host, both with the same outcome. */
export function attempted(errorNumber: number, ...addresses: string[]): PortFacts['attempts'] {
  const places = addresses.length > 0 ? addresses : ['::'];
  return known(places.map((address) => ({ address, call: 'bind', errorNumber })));
}

export const ownProcess = 4242;

/** TCP port 3000, of which nothing is known but that it could be bound; as a process that is not elevated asks. */
export function factsOf(overrides: Partial<PortFacts> = {}): PortFacts {
  return {
    protocol: 'tcp',
    port: 3000,
    attempts: attempted(0),
    ranges: known([]),
    dynamicRange: known({ startPort: 49_152, numberOfPorts: 16_384 }),
    owners: known([]),
    elevated: known(false),
    processId: ownProcess,
    platform: 'win32',
    ...overrides,
  };
}

/** The same port, refused, with the facts that are then asked for: none of them gives a reason. */
export function refusedFactsOf(errorNumber: number, overrides: Partial<PortFacts> = {}): PortFacts {
  const attempts = errorNumber === 10_048 ? attempted(errorNumber) : attempted(errorNumber, '::', '0.0.0.0');
  const rest = { persistent: known(undefined), guests: unknown('Access is denied.'), nearbyPort: 3069 };
  return factsOf({ attempts, ...rest, ...overrides });
}

export const winnat: ExcludedPortRange = { protocol: 'tcp', ...portsFrom(2969, 3068), administered: false };
export const administered: ExcludedPortRange = { ...winnat, ...portsFrom(2990, 3010), administered: true };

export function ownerOf(overrides: Partial<PortOwner> = {}): PortOwner {
  return {
    protocol: 'tcp',
    port: 3000,
    address: '0.0.0.0',
    state: 'LISTEN',
    processId: 1234,
    imageName: 'node.exe',
    serviceNames: [],
    ...overrides,
  };
}

export const eacces: EarlierRefusal = { call: 'listen', code: 'EACCES', errorNumber: 10_013 };
export const eaddrinuse: EarlierRefusal = { call: 'listen', code: 'EADDRINUSE', errorNumber: 10_048 };

export const system = ownerOf({ processId: 4, imageName: 'System' });
export const neighbor = ownerOf({ port: 2999, processId: 77, imageName: 'quic.exe' });
export const blockOf = { protocol: 'tcp', startPort: 2990, numberOfPorts: 20 } as const;
export const hcn = { protocol: 'both', ...portsFrom(2900, 6995) } as const;

/** The cause and the data of an explanation; its wording is in `wording.txt`. */
export type Expected = Partial<Omit<PortExplanation, 'sentence' | 'advice' | 'evidence'>> & {
  readonly cause: PortExplanation['cause'];
  /** The kind of program or part of Windows that reserved the listed range. */
  readonly holder?: RangeHolder['kind'];
  /** The reservation that the port lies in. */
  readonly block?: PortRange;
  /** Data that the sentence contains besides the port. */
  readonly names?: readonly string[];
  readonly advice?: readonly [];
  /** The first piece of advice: its commands and its call, and whether it needs an elevated process. */
  readonly first?: { readonly runs: readonly string[]; readonly elevated?: boolean };
};

/** Facts, by the reason why the asking process cannot have the port. */
export type Cases = Readonly<Record<string, readonly [PortFacts, Expected]>>;
