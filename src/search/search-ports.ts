// SPDX-License-Identifier: MIT
import { getBinding } from '../windows/binding.js';
import { resolveFirst, unlessAborted } from '../sockets/bound-socket.js';
import { packageError, PortReservationError } from '../common/errors.js';
import { searchFreePorts, type Claim } from './search-windows.js';
import { listKnownPorts, nothingKnown, type KnownPorts } from './known-ports.js';
import type { PortState } from './port-map.js';
import type { PortRange, Protocol } from '../common/ports.js';
import { lengthOf, type PortSpan } from '../common/port-ranges.js';
import { createPortableProbe, createProbe, type PortProbe } from './port-probe.js';

/** Consecutive ports that were free when checked. */
export interface FreePorts extends PortRange {
  /** With `both`, the ports were free for TCP and for UDP. */
  readonly protocol: Protocol | 'both';
}

/** The options of `findFreePorts`, checked and with their defaults. */
export interface CheckedSearch {
  readonly protocol: Protocol | 'both';
  readonly numberOfPorts: number;
  readonly bounds: PortSpan;
  /** The first ports of the blocks to try before all others, in this order. */
  readonly preferred: readonly number[];
  /** Ports that must not be in the block. */
  readonly unwanted: readonly number[];
  /** Whether to reserve the block, which an administered exclusion rules out. */
  readonly hold: boolean;
  /** Whether to start at the lowest port. */
  readonly ascending: boolean;
  readonly host: string | undefined;
  readonly signal: AbortSignal | undefined;
  /** Whether the platform has no reservations and the caller goes on without them. */
  readonly portable: boolean;
}

/** Finds a block whose ports can all be bound, and leaves it free. */
export function findFreeBlock(options: CheckedSearch): Promise<FreePorts> {
  return findPorts(options, (block) => Promise.resolve({ result: { protocol: options.protocol, ...block } }));
}

/**
 * Finds a block whose ports can all be bound and that `claim` can take. A program that never searches does not load
 * this module.
 */
export async function findPorts<Result>(
  options: CheckedSearch,
  claim: (block: PortRange, probe: PortProbe) => Promise<Claim<Result>>,
): Promise<Result> {
  const { protocol, numberOfPorts, bounds, preferred, unwanted, hold, ascending, signal, portable } = options;
  const binding = portable ? undefined : getBinding();
  const protocols: readonly Protocol[] = protocol === 'both' ? ['tcp', 'udp'] : [protocol];
  const { host: name } = options;
  const host = name === undefined ? undefined : await unlessAborted(signal, () => resolveFirst(name));
  const known = await unlessAborted(signal, () =>
    binding ? listKnownPorts(protocols) : Promise.resolve(nothingKnown()),
  );
  const probe = binding ? createProbe(binding, host, signal) : createPortableProbe(host, signal);

  for (const port of unwanted) known.ports.mark(port, 'unwanted');

  const found = await searchFreePorts<Result>({
    bounds,
    numberOfPorts,
    ports: known.ports,
    avoided: known.avoided,
    begin: ascending ? undefined : { choice: Math.random() },
    preferred,
    mayBeAdministered: !hold,
    isFree: async (port) => {
      for (const each of protocols) if (!(await probe({ protocol: each }, port))) return false;
      return true;
    },
    claim: (startPort) => claim({ startPort, numberOfPorts }, probe),
  });
  if (found === undefined) throw noFreePorts(options, known);
  return found;
}

function noFreePorts(
  { protocol, numberOfPorts, bounds }: CheckedSearch,
  { ports, failures }: KnownPorts,
): PortReservationError {
  const longest = ports.runs(bounds).reduce((one, other) => (lengthOf(other) > lengthOf(one) ? other : one), noRun);
  const count = (state: PortState): number => ports.count(bounds, state);
  const unwanted = count('unwanted');
  const leftOut = unwanted === 0 ? '' : `, ${unwanted} refused by browsers or left out by the caller`;
  const hint = [
    `Ports ${bounds.startPort} to ${bounds.endPort}: ${count('excluded') + count('administered')} excluded or reserved,`,
    `${count('inUse')} in use, ${count('refused')} refused without being listed${leftOut}.`,
    longest === noRun
      ? 'No port is left.'
      : `The longest block that may be free is ${longest.startPort} to ${longest.endPort}.`,
    numberOfPorts === 1
      ? 'Search more ports (fromPort, toPort).'
      : 'Ask for fewer ports, or search more of them (fromPort, toPort).',
    failures.length === 0 ? '' : `These lists could not be read: ${failures.map(nameOfList).join(', ')}.`,
  ];
  const context = { protocol: protocol === 'both' ? undefined : protocol, numberOfPorts, cause: failures[0] };
  return packageError('ERR_NO_FREE_PORTS', hint.join(' ').trim(), context);
}

function nameOfList(failure: unknown): string {
  if (!(failure instanceof PortReservationError) || failure.syscall === undefined) return String(failure);
  return `${failure.syscall} (${failure.code})`;
}

const noRun: PortSpan = { startPort: 1, endPort: 0 };
