// SPDX-License-Identifier: MIT
import { getBinding } from '../windows/binding.js';
import { resolveHost, unlessAborted, type HostAddress } from '../sockets/bound-socket.js';
import { packageError, PortReservationError } from '../common/errors.js';
import type { FreePorts } from '../reservations/find-free-ports.js';
import { searchFreePorts } from './search-windows.js';
import { holdPorts, type HeldPorts } from '../reservations/hold-ports.js';
import { listKnownPorts, nothingKnown, type KnownPorts } from './known-ports.js';
import type { Protocol } from '../common/ports.js';
import { lengthOf, type PortSpan } from '../common/port-span.js';
import { createPortableProbe, createProbe } from './port-probe.js';

/** The options of `findFreePorts`, checked and with their defaults. */
export interface CheckedSearch {
  readonly protocol: Protocol | 'both';
  readonly numberOfPorts: number;
  readonly bounds: PortSpan;
  /** Whether to begin with the lowest port. */
  readonly ascending: boolean;
  readonly host: string | undefined;
  readonly hold: boolean;
  readonly signal: AbortSignal | undefined;
  /** Whether there are no reservations here, and the caller goes on without. */
  readonly portable: boolean;
}

/** Finds the ports, with all that a search needs and a program that never searches need not load. */
export async function findPorts(options: CheckedSearch): Promise<FreePorts | HeldPorts> {
  const { protocol, numberOfPorts, bounds, ascending, hold, signal, portable } = options;
  const binding = portable ? undefined : getBinding();
  const protocols: readonly Protocol[] = protocol === 'both' ? ['tcp', 'udp'] : [protocol];
  const host = await unlessAborted(signal, () => firstAddress(options.host));
  const known = await unlessAborted(signal, () =>
    binding ? listKnownPorts(protocols) : Promise.resolve(nothingKnown()),
  );
  const probe = binding ? createProbe(binding, host, signal) : createPortableProbe(host, signal);

  const found = await searchFreePorts<FreePorts | HeldPorts>({
    bounds,
    numberOfPorts,
    ports: known.ports,
    avoided: known.dynamicRanges,
    random: ascending ? undefined : Math.random,
    isFree: async (port) => {
      for (const each of protocols) if (!(await probe({ protocol: each }, port))) return false;
      return true;
    },
    claim: (startPort) => {
      if (hold) return holdPorts(options, { startPort, numberOfPorts }, probe);
      return Promise.resolve({ result: { protocol, startPort, numberOfPorts } });
    },
  });
  if (found === undefined) throw noFreePorts(options, known);
  return found;
}

async function firstAddress(host: string | undefined): Promise<HostAddress | undefined> {
  if (host === undefined) return undefined;
  const [first] = await resolveHost(host);
  if (!first) throw new Error(`dns.lookup found no address of ${host} and did not say so.`);
  return first;
}

function noFreePorts(
  { protocol, numberOfPorts, bounds }: CheckedSearch,
  { ports, failures }: KnownPorts,
): PortReservationError {
  const longest = ports.runs(bounds).reduce((one, other) => (lengthOf(other) > lengthOf(one) ? other : one), noRun);
  const hint = [
    `Of ports ${bounds.startPort} to ${bounds.endPort}, excluded or reserved: ${ports.count(bounds, 'excluded')},`,
    `in use: ${ports.count(bounds, 'inUse')}, refused without being listed: ${ports.count(bounds, 'refused')};`,
    longest === noRun
      ? 'none is left.'
      : `the longest run that may be left is that of ${longest.startPort} to ${longest.endPort}.`,
    numberOfPorts === 1
      ? 'Search more ports (fromPort, toPort).'
      : 'Ask for fewer ports, or search more of them (fromPort, toPort).',
    failures.length === 0 ? '' : `These lists are missing: ${failures.map(nameOfList).join(', ')}.`,
  ];
  const context = { protocol: protocol === 'both' ? undefined : protocol, numberOfPorts, cause: failures[0] };
  return packageError('ERR_NO_FREE_PORTS', hint.join(' ').trim(), context);
}

function nameOfList(failure: unknown): string {
  if (!(failure instanceof PortReservationError) || failure.syscall === undefined) return String(failure);
  return `${failure.syscall} (${failure.code})`;
}

const noRun: PortSpan = { startPort: 1, endPort: 0 };
