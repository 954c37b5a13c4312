// SPDX-License-Identifier: MIT
import type { ExcludedPortRange, PortRange } from '../../common/ports.js';
import type { PortEvidence } from '../port-explanation.js';
import type { GuestPortReservation, PortOwner } from '../../calls/port-owners.js';
import { contains, rangeOf, type BindAttempt, type Fact, type PortFacts } from '../facts/facts.js';
import { lengthOf } from '../../common/port-span.js';
import { errorName, ownerName, ownerNames, portsOf } from './words.js';

/** What was asked and what the answer was, also where there was none. */
export function evidenceOf(facts: PortFacts): PortEvidence[] {
  const { protocol, refusal } = facts;
  const suffix = protocol === 'tcp' ? 'Tcp' : 'Udp';
  const table = `GetExtended${suffix}Table`;
  return [
    ...(refusal ? [{ source: refusal.call, finding: `It was refused with ${refusal.code}.` }] : []),
    ...ofAttempts(facts),
    ...of('netsh interface ipv4 show excludedportrange', facts.ranges, (ranges) => ofRanges(facts, ranges)),
    ...of(`LookupPersistent${suffix}PortReservation`, facts.persistent, (block) =>
      block ? `${portsOf(block)} is a persistent reservation.` : 'There is no persistent reservation by these numbers.',
    ),
    ...of(table, facts.owners, (owners) => ofOwners(facts, owners)),
    ...of(table, facts.neighbours, (owners) =>
      owners.length === 0
        ? 'No process has a port of the range.'
        : `Ports of the range have ${ownerNames(owners, facts.processId)}.`,
    ),
    ...of('HcnEnumerateGuestNetworkPortReservations', facts.guests, (guests) => ofGuests(facts, guests)),
    ...of('netsh interface ipv4 show dynamicport', facts.dynamicRange, (range) => ofDynamicRange(facts, range)),
  ];
}

/** Nothing where it was not asked. */
function of<Value>(source: string, fact: Fact<Value> | undefined, describe: (value: Value) => string): PortEvidence[] {
  if (!fact) return [];
  return [{ source, finding: fact.known ? describe(fact.value) : `Not known: ${fact.why}` }];
}

function ofAttempts({ attempts, port }: PortFacts): PortEvidence[] {
  if (!attempts.known) return [{ source: 'bind', finding: `Not tried: ${attempts.why}` }];
  return attempts.value.map(({ address, call, errorNumber, lookupCode }: BindAttempt) => {
    if (errorNumber === undefined) return { source: call, finding: `${address} was not found (${lookupCode}).` };
    const place = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
    const finding = errorNumber === 0 ? 'It worked' : `It was refused with ${errorName(errorNumber)}`;
    return { source: call, finding: `${finding} at ${place}.` };
  });
}

function ofRanges(facts: PortFacts, ranges: readonly ExcludedPortRange[]): string {
  const range = rangeOf(facts);
  if (!range) return `None of the ${ranges.length} ranges has the port.`;
  const width = lengthOf(range);
  const ports = width === 1 ? 'one port' : `${width} ports`;
  if (range.administered) {
    return `${range.startPort}-${range.endPort}, ${ports}, with a star: an administrator excluded it, and it refuses no bind.`;
  }
  const winnat = { 100: 'WinNAT', 64: 'HNS' }[width];
  const likeness = winnat ? `, which is how many ${winnat} takes at a time` : '';
  return `${range.startPort}-${range.endPort}, ${ports}${likeness}; without a star: it refuses binds.`;
}

function ofOwners({ processId }: PortFacts, owners: readonly PortOwner[]): string {
  if (owners.length === 0) return 'No process has the port.';
  const shown = owners.slice(0, 5).map((owner) => {
    const state = owner.state ? ` (${owner.state})` : '';
    return `${ownerName(owner, processId)} has it at ${owner.address}${state}`;
  });
  const rest = owners.length - shown.length;
  return `${shown.join('; ')}${rest > 0 ? `; and ${rest} rows more` : ''}.`;
}

function ofGuests({ port, protocol }: PortFacts, guests: readonly GuestPortReservation[] | undefined): string {
  if (!guests) return 'This Windows does not tell what virtual machines and containers have.';
  const guest = guests.find((each) => each.protocol !== otherProtocol[protocol] && contains(each, port));
  return guest
    ? `${portsOf(guest)} belongs to a virtual machine or a container.`
    : `None of the ${guests.length} reservations of virtual machines and containers has the port.`;
}

const otherProtocol = { tcp: 'udp', udp: 'tcp' } as const;

function ofDynamicRange({ port }: PortFacts, range: PortRange): string {
  return `Windows chooses ports from ${portsOf(range)}; ${port} is ${contains(range, port) ? 'one' : 'none'} of them.`;
}
