// SPDX-License-Identifier: MIT
import { errorCodes } from '../../common/error-codes.js';
import type { PortRange } from '../../common/ports.js';
import type { PortCause } from '../port-explanation.js';
import type { PortOwner } from '../../calls/port-owners.js';
import { mayBeAboutPort, refusalNumber, type Diagnosis } from './diagnosis.js';
import { lastAttempt, valueOf, type PortFacts } from '../facts/facts.js';
import { unknownName } from '../facts/trial-bind.js';
import {
  addressesOf,
  barePortName,
  symbolOf,
  ownerName,
  ownerNames,
  portName,
  portsOf,
  protocolName,
} from './words.js';

type Sentence = (diagnosis: Diagnosis, facts: PortFacts) => string;

/** What somebody wants to read whose program did not start. */
export const sentenceOf: Sentence = (diagnosis, facts) => sentences[diagnosis.cause](diagnosis, facts);

const sentences: Record<PortCause, Sentence> = {
  free: (_, facts) => {
    const { protocol, refusal } = facts;
    const isFree = `is free${isIpv4Only(facts) ? ' over IPv4 alone' : ''}`;
    if (refusal?.block && refusal.block.numberOfPorts > 1) {
      return `${protocolName(protocol)} ports ${portsOf(refusal.block)} were refused with ${refusal.code}, and none of them is known to be in use or reserved now: a bind to ${facts.port} worked a moment ago.`;
    }
    return refusal
      ? `${portName(facts)} was refused with ${refusal.code} and ${isFree} now: a bind worked a moment ago.`
      : `${portName(facts)} ${isFree}: a bind worked a moment ago.`;
  },
  'in-use': ({ bindable, owners }, facts) => {
    const inUse = `${barePortName(facts)} is in use`;
    if (owners.length === 0) return `${inUse} by a socket, and whose it is could not be told.`;
    if (owners.every(hasEnded))
      return `${inUse} by a connection of a process that has ended, which Windows lets go of after a while.`;
    return bindable
      ? `${inUse}: ${whoHasIt(owners, facts)}, and Windows lets another socket have it at another address, so that clients reach the one or the other.`
      : `${inUse}: ${whoHasIt(owners, facts)}.`;
  },
  'exclusive-use': ({ owners }, facts) =>
    `${barePortName(facts)} is in use: ${whoHasIt(owners, facts)} for itself alone, which Windows reports as if the port were forbidden (${refusalName(facts)}).`,
  'foreign-range': (diagnosis, facts) => `${rangeSentence(diagnosis, facts)}${rangeEnd(diagnosis)}`,
  'administered-range': (diagnosis, facts) =>
    `${liesIn(diagnosis, facts)} that an administrator has excluded: a program that names the port can bind it, but nobody can reserve it, neither this package nor http.sys, Docker or QUIC.`,
  'persistent-reservation': ({ block, owners }, facts) => {
    const reserved = `${liesInBlock(block, facts, 'is')} a persistent reservation: only an elevated program that looks it up can bind it`;
    return owners.length === 0 ? `${reserved}.` : `${reserved}, as ${ownerNames(owners, facts.processId)} has done.`;
  },
  'runtime-reservation': ({ block }, facts) =>
    `${liesInBlock(block, facts, 'is one')} which this process has reserved itself: it is bound with the reservation, not with an ordinary listen or bind.`,
  'guest-reservation': ({ block }, facts) =>
    `${liesInBlock(block, facts, 'is one')} which a virtual machine or a container has through this host, as WSL with mirrored networking does: no program of Windows can bind it, and netsh does not list it.`,
  'not-listed': (_, facts) => {
    if (refusalNumber(facts) === undefined) {
      return `Whether ${portName(facts)} can be had could not be told, because no bind could be tried.`;
    }
    if (!mayBeAboutPort(facts)) {
      return `The network refused a bind to ${portName(facts)} (${refusalName(facts)}): that is not about the port.`;
    }
    const refused = `Windows refuses ${portName(facts)} (${refusalName(facts)})`;
    const unread = unreadLists(facts);
    if (unread.length === 0) {
      const rest = 'a socket that is bound and does not listen, or a driver';
      return valueOf(facts.guests)
        ? `${refused}, and neither the lists of reserved ports nor any process says why: it may be ${rest}.`
        : `${refused}, and neither the list of excluded ranges nor any process says why: most often it is WSL with mirrored networking, or else ${rest}.`;
    }
    const guess = facts.ranges.known ? '' : '; most often Hyper-V, WSL or Docker has reserved such a port';
    return `${refused}, and why could not be told, because ${unread.join(' and ')} could not be read${guess}.`;
  },
  'not-elevated': (_, { elevated, port, protocol, refusal }) => {
    const which = port === 0 ? `a ${protocolName(protocol)} port` : `${protocolName(protocol)} port ${port}`;
    const isElevated = valueOf(elevated);
    const call = refusal?.call ?? '';
    const about = call.startsWith('netsh') ? 'an exclusion' : 'a persistent reservation';
    const needed = call.startsWith('WSAIoctl')
      ? `The reservation of ${which} is persistent: only an elevated process can bind inside it`
      : `Only an elevated process can create or delete ${about}`;
    if (isElevated === true) return `${needed}, and ${which} was refused although this process is elevated.`;
    const asker = call.startsWith('WSAIoctl') ? 'the one that tried' : `the one that asked for ${which}`;
    return `${needed}, and ${asker} ${isElevated === false ? 'is' : 'is most likely'} not elevated.`;
  },
  'privileged-port': (_, facts) =>
    `${portName(facts)} is below 1024, and this host (${facts.platform}) gives such ports to root alone; Windows does not.`,
  'address-not-available': (_, facts) => {
    const host = facts.host ?? lastAttempt(facts)?.address ?? 'The host';
    const consequence = `so that ${barePortName(facts)} cannot be bound there`;
    const errorNumber = refusalNumber(facts);
    const lookupCode = lastAttempt(facts)?.lookupCode;
    if (lookupCode === unknownName) return `No address of ${host} was found, ${consequence}.`;
    if (lookupCode !== undefined) return `${host} could not be looked up (${lookupCode}), ${consequence}.`;
    return errorNumber === errorCodes.WSAEAFNOSUPPORT.errorNumber
      ? `${host} is an address of a family that this machine does not have, ${consequence}.`
      : `${host} is no address of this machine, ${consequence}.`;
  },
};

function rangeSentence(diagnosis: Diagnosis, facts: PortFacts): string {
  const { holder } = diagnosis;
  if (holder?.kind === 'system') return `${portName(facts)} is reserved by ${ownerName(holder.program)}`;
  const inside = liesIn(diagnosis, facts);
  if (holder?.kind === 'program') {
    const { program } = holder;
    return `${inside} that ${ownerName(program, facts.processId)}, which has a socket on port ${program.port} of it, has most likely reserved`;
  }
  return holder?.kind === 'winnat'
    ? `${inside} that Windows has reserved, most likely for Hyper-V, WSL or Docker (WinNAT)`
    : `${inside} that a part of Windows or another program has reserved`;
}

function rangeEnd({ bindable, holder }: Diagnosis): string {
  if (bindable) return ', and yet a bind worked a moment ago.';
  return holder?.kind === 'winnat' ? ', so that no program can bind it.' : ', so that no other program can bind it.';
}

function liesIn({ range }: Diagnosis, facts: PortFacts): string {
  if (!range || range.startPort === range.endPort) return `${portName(facts)} is one`;
  return `${portName(facts)} lies in ${range.startPort}-${range.endPort}, a range`;
}

function liesInBlock(block: PortRange | undefined, facts: PortFacts, isAlone: string): string {
  return block?.numberOfPorts === 1 ? `${portName(facts)} ${isAlone}` : `${portName(facts)} lies in ${portsOf(block)},`;
}

function whoHasIt(owners: readonly PortOwner[], { processId }: PortFacts): string {
  const isOne = new Set(owners.map((owner) => owner.processId)).size === 1;
  return `${ownerNames(owners, processId)} ${isOne ? 'has' : 'have'} it at ${addressesOf(owners)}`;
}

function hasEnded({ processId }: PortOwner): boolean {
  return processId === 0;
}

function refusalName(facts: PortFacts): string {
  const attempt = lastAttempt(facts);
  return attempt?.errorNumber === undefined ? (facts.refusal?.code ?? 'not tried') : symbolOf(attempt.errorNumber);
}

function unreadLists({ ranges, owners }: PortFacts): string[] {
  return [...(ranges.known ? [] : ['the list of excluded ranges']), ...(owners.known ? [] : ['the table of sockets'])];
}

/** Whether all addresses were asked for, and those of IPv6 were refused. */
function isIpv4Only(facts: PortFacts): boolean {
  const attempts = valueOf(facts.attempts) ?? [];
  return attempts.length > 1 && attempts.at(-1)?.errorNumber === 0;
}
