// SPDX-License-Identifier: MIT
import { contains, portsText } from '../../common/port-ranges.js';
import { likelyHolder } from '../../common/usual-ranges.js';
import type { ExcludedPortRange, PortRange } from '../../common/ports.js';
import type { PortEvidence } from '../port-explanation.js';
import type { GuestPortReservation, PortOwner } from '../../calls/port-owners.js';
import { rangeOf, type BindAttempt, type Fact, type PortFacts } from '../facts/facts.js';
import { errorName, ownerName, ownerNames } from './words.js';

/** Lists each question put to the machine with its answer, or with the reason why there was none. */
export function evidenceOf(facts: PortFacts): PortEvidence[] {
  const { protocol, refusal } = facts;
  const suffix = protocol === 'tcp' ? 'Tcp' : 'Udp';
  const table = `GetExtended${suffix}Table`;
  return [
    ...(refusal ? [{ source: refusal.call, finding: `Refused with ${refusal.code}.` }] : []),
    ...ofAttempts(facts),
    ...of('netsh interface ipv4 show excludedportrange', facts.ranges, (ranges) => ofRanges(facts, ranges)),
    ...of(`LookupPersistent${suffix}PortReservation`, facts.persistent, (block) =>
      block
        ? `${portsText(block)} is a persistent reservation.`
        : 'No persistent reservation was found that contains the port.',
    ),
    ...of(table, facts.owners, (owners) => ofOwners(facts, owners)),
    ...of(table, facts.neighbors, (owners) =>
      owners.length === 0
        ? 'No process uses a port of the range.'
        : `Ports of the range are used by ${ownerNames(owners, facts.processId)}.`,
    ),
    ...of('HcnEnumerateGuestNetworkPortReservations', facts.guests, (guests) => ofGuests(facts, guests)),
    ...of('RegGetValueW(MaxUserPort)', facts.maxUserPort, (value) =>
      value === undefined ? 'The value does not exist.' : `The value is ${value}: it widens the dynamic range.`,
    ),
    ...of('netsh interface ipv4 show dynamicport', facts.dynamicRange, (range) => ofDynamicRange(facts, range)),
  ];
}

/** Describes one fact; returns nothing if the question was not asked. */
function of<Value>(source: string, fact: Fact<Value> | undefined, describe: (value: Value) => string): PortEvidence[] {
  if (!fact) return [];
  return [{ source, finding: fact.known ? describe(fact.value) : `Not known: ${fact.why}` }];
}

function ofAttempts({ attempts, port: asked }: PortFacts): PortEvidence[] {
  if (!attempts.known) return [{ source: 'bind', finding: `Not tried: ${attempts.why}` }];
  return attempts.value.map(({ address, port = asked, call, errorNumber, lookupCode }: BindAttempt) => {
    if (errorNumber === undefined)
      return { source: call, finding: `${address} could not be looked up (${lookupCode}).` };
    const place = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
    const finding =
      errorNumber === 0 ? `Succeeded at ${place}.` : `Refused with ${errorName(errorNumber)} at ${place}.`;
    return { source: call, finding };
  });
}

function ofRanges(facts: PortFacts, ranges: readonly ExcludedPortRange[]): string {
  const range = rangeOf(facts);
  if (!range) return `Ranges listed: ${ranges.length}; none contains the port.`;
  const { numberOfPorts } = range;
  const ports = numberOfPorts === 1 ? 'one port' : `${numberOfPorts} ports`;
  if (range.administered) {
    return `${portsText(range)}, ${ports}, with a star: an administrator excluded it, and it does not refuse binds.`;
  }
  const winnat = likelyHolder(range);
  const likeness = winnat ? ` (as many as ${winnat} takes at a time)` : '';
  return `${portsText(range)}, ${ports}${likeness}, without a star: it refuses binds.`;
}

function ofOwners({ processId }: PortFacts, owners: readonly PortOwner[]): string {
  if (owners.length === 0) return 'No process uses the port.';
  const shown = owners.slice(0, 5).map((owner) => {
    const state = owner.state ? ` (${owner.state})` : '';
    return `${ownerName(owner, processId)} uses it at ${owner.address}${state}`;
  });
  const rest = owners.length - shown.length;
  return `${shown.join('; ')}${rest > 0 ? `; and ${rest} more rows` : ''}.`;
}

function ofGuests({ port, protocol }: PortFacts, guests: readonly GuestPortReservation[] | undefined): string {
  if (!guests) return 'This version of Windows does not list the ports of virtual machines and containers.';
  const guest = guests.find((each) => each.protocol !== otherProtocol[protocol] && contains(each, port));
  return guest
    ? `${portsText(guest)} belongs to a virtual machine or a container.`
    : `Reservations of virtual machines and containers: ${guests.length}; none contains the port.`;
}

const otherProtocol = { tcp: 'udp', udp: 'tcp' } as const;

function ofDynamicRange({ port }: PortFacts, range: PortRange): string {
  return `Windows chooses dynamic ports from ${portsText(range)}; ${port} is ${contains(range, port) ? '' : 'not '}one of them.`;
}
