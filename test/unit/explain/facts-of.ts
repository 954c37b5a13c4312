// SPDX-License-Identifier: MIT
import type { EarlierRefusal, Fact, PortFacts } from '../../../src/explain/facts/facts.js';
import type { ExcludedPortRange } from '../../../src/common/ports.js';
import type { PortExplanation } from '../../../src/explain/port-explanation.js';
import type { PortOwner } from '../../../src/calls/port-owners.js';

export const known = <Value>(value: Value): Fact<Value> => ({ known: true, value });
export const unknown = (why: string): Fact<never> => ({ known: false, why });

/** Attempts at the addresses that `listen` takes without a host, where both came to the same. */
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

/** The same port, refused, with what is asked then: nobody says why. */
export function refusedFactsOf(errorNumber: number, overrides: Partial<PortFacts> = {}): PortFacts {
  const attempts = errorNumber === 10_048 ? attempted(errorNumber) : attempted(errorNumber, '::', '0.0.0.0');
  const rest = { persistent: known(undefined), guests: unknown('Access is denied.'), nearbyPort: 3069 };
  return factsOf({ attempts, ...rest, ...overrides });
}

export const winnat: ExcludedPortRange = { protocol: 'tcp', startPort: 2969, endPort: 3068, administered: false };
export const administered: ExcludedPortRange = { ...winnat, startPort: 2990, endPort: 3010, administered: true };

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
export const neighbour = ownerOf({ port: 2999, processId: 77, imageName: 'quic.exe' });
export const blockOf = { protocol: 'tcp', startPort: 2990, numberOfPorts: 20 } as const;
export const hcn = { protocol: 'both', startPort: 2900, numberOfPorts: 4096 } as const;

/** What an explanation is to be. */
export type Expected = Partial<Omit<PortExplanation, 'sentence'>> & {
  readonly sentence: RegExp;
  /** What the first of the advice says, or runs. */
  readonly first?: RegExp | undefined;
};

/** Facts, by what is in the way of whoever wants the port. */
export type Cases = Readonly<Record<string, readonly [PortFacts, Expected]>>;
