// SPDX-License-Identifier: MIT
import { errorCodes } from '../../common/error-codes.js';
import { portsText } from '../../common/port-ranges.js';
import { isOfWindows } from '../../common/usual-ranges.js';
import type { PortRange } from '../../common/ports.js';
import type { PortCause } from '../port-explanation.js';
import type { PortOwner } from '../../calls/port-owners.js';
import { mayBeAboutPort, refusalNumber, type Diagnosis } from './diagnosis.js';
import { lastAttempt, valueOf, type PortFacts } from '../facts/facts.js';
import { unknownName } from '../facts/trial-bind.js';
import { addressesOf, barePortName, symbolOf, ownerName, ownerNames, portName, protocolName } from './words.js';

type Sentence = (diagnosis: Diagnosis, facts: PortFacts) => string;

/** Says in one sentence why the port can or cannot be bound, for a user whose program did not start. */
export const sentenceOf: Sentence = (diagnosis, facts) => sentences[diagnosis.cause](diagnosis, facts);

const sentences: Record<PortCause, Sentence> = {
  free: (_, facts) => {
    const { protocol, refusal } = facts;
    const isFree = `is free${isIpv4Only(facts) ? ' over IPv4 only' : ''}`;
    if (refusal?.block && refusal.block.numberOfPorts > 1) {
      return `${protocolName(protocol)} ports ${portsText(refusal.block)} were refused with ${refusal.code}, but none of them is now known to be in use or reserved: a test bind of port ${facts.port} just succeeded.`;
    }
    return refusal
      ? `${portName(facts)} was refused with ${refusal.code} but ${isFree} now: a test bind just succeeded.`
      : `${portName(facts)} ${isFree}: a test bind just succeeded.`;
  },
  'in-use': ({ bindable, owners }, facts) => {
    const inUse = `${barePortName(facts)} is in use`;
    if (owners.length === 0) return `${inUse} by a socket whose process could not be identified.`;
    if (owners.every(hasEnded))
      return `${inUse} by a closed connection whose process has ended; Windows releases the port after a while.`;
    return bindable
      ? `${inUse} ${byWhom(owners, facts)}; Windows still lets a socket bind it at another address, so clients may reach either socket.`
      : `${inUse} ${byWhom(owners, facts)}.`;
  },
  'exclusive-use': ({ owners }, facts) =>
    `${barePortName(facts)} is in exclusive use ${byWhom(owners, facts)}, which Windows reports as a permission error (${refusalName(facts)}).`,
  'foreign-range': (diagnosis, facts) => `${rangeSentence(diagnosis, facts)}${rangeEnd(diagnosis)}`,
  'administered-range': (diagnosis, facts) =>
    `${liesIn(diagnosis, facts)} excluded by ${isOfWindows(diagnosis.range) ? 'Windows itself' : 'an administrator'}: any program can bind the port by number, Docker Desktop too, but this package, http.sys and QUIC cannot reserve it, and no Windows container can publish it.`,
  'persistent-reservation': ({ block, owners }, facts) => {
    const reserved = `${liesInBlock(block, facts)} reserved persistently: only an elevated program that looks up the reservation can bind the port`;
    return owners.length === 0 ? `${reserved}.` : `${reserved}, as ${ownerNames(owners, facts.processId)} did.`;
  },
  'runtime-reservation': ({ block }, facts) =>
    `${liesInBlock(block, facts)} reserved by this process itself: bind it with the reservation, not with an ordinary listen or bind.`,
  'guest-reservation': ({ block }, facts) =>
    block?.numberOfPorts === 1
      ? `${portName(facts)} is reserved for a virtual machine or a container: most likely a Linux program in WSL with mirrored networking listens on it, or did a minute ago.`
      : `${liesInBlock(block, facts)} reserved for a virtual machine or a container, for instance WSL with mirrored networking: no Windows program can bind it, and netsh does not list it.`,
  'not-listed': (_, facts) => {
    if (refusalNumber(facts) === undefined) {
      return `It is not known whether ${portName(facts)} can be bound, because no test bind could be made.`;
    }
    if (!mayBeAboutPort(facts)) {
      return `${portName(facts)} could not be bound (${refusalName(facts)}), for a reason that has nothing to do with the port.`;
    }
    const refused = `Windows refuses ${portName(facts)} (${refusalName(facts)})`;
    const unread = unreadLists(facts);
    if (unread.length === 0) {
      const rest = 'a socket that is bound but not listening, or a driver';
      return valueOf(facts.guests)
        ? `${refused}, but neither the lists of reserved ports nor any process explains why: the cause may be ${rest}.`
        : `${refused}, but neither the list of excluded ranges nor any process explains why: the cause is most often WSL with mirrored networking, otherwise ${rest}.`;
    }
    const guess = facts.ranges.known ? '' : '; most often Hyper-V, WSL or Docker has reserved such a port';
    return `${refused}, and the cause could not be determined because ${unread.join(' and ')} could not be read${guess}.`;
  },
  'not-elevated': (_, { elevated, port, protocol, refusal }) => {
    const which = port === 0 ? `a ${protocolName(protocol)} port` : `${protocolName(protocol)} port ${port}`;
    const isElevated = valueOf(elevated);
    const call = refusal?.call ?? '';
    const about = call.startsWith('netsh') ? 'an exclusion' : 'a persistent reservation';
    const needed = call.startsWith('WSAIoctl')
      ? `The reservation of ${which} is persistent: only an elevated process can bind a port inside it`
      : `Only an elevated process can create or delete ${about}`;
    if (isElevated === true) return `${needed}, but ${which} was refused although this process is elevated.`;
    const asker = call.startsWith('WSAIoctl') ? 'the process that tried' : `the process that asked for ${which}`;
    return `${needed}, and ${asker} ${isElevated === false ? 'is' : 'is most likely'} not elevated.`;
  },
  'privileged-port': (_, facts) =>
    `${portName(facts)} is below 1024, and this host (${facts.platform}) keeps such ports for root; Windows does not.`,
  'address-not-available': (_, facts) => {
    const host = facts.host ?? lastAttempt(facts)?.address ?? 'The host';
    const consequence = `so ${barePortName(facts)} cannot be bound there`;
    const errorNumber = refusalNumber(facts);
    const lookupCode = lastAttempt(facts)?.lookupCode;
    if (lookupCode === unknownName) return `No address was found for ${host}, ${consequence}.`;
    if (lookupCode !== undefined) return `${host} could not be looked up (${lookupCode}), ${consequence}.`;
    return errorNumber === errorCodes.WSAEAFNOSUPPORT.errorNumber
      ? `${host} belongs to an address family that this machine does not have, ${consequence}.`
      : `${host} is not an address of this machine, ${consequence}.`;
  },
};

function rangeSentence(diagnosis: Diagnosis, facts: PortFacts): string {
  const { holder } = diagnosis;
  if (holder?.kind === 'system') return `${portName(facts)} is reserved by ${ownerName(holder.program)}`;
  const inside = liesIn(diagnosis, facts);
  if (holder?.kind === 'program') {
    const { program } = holder;
    return `${inside} most likely reserved by ${ownerName(program, facts.processId)}, which has a socket on port ${program.port}`;
  }
  if (holder?.kind === 'container') return `${inside} reserved as a single port, as are ports that containers publish`;
  return holder?.kind === 'winnat'
    ? `${inside} reserved by Windows, most likely for Hyper-V, WSL or Docker (WinNAT)`
    : `${inside} reserved by a part of Windows or by another program`;
}

function rangeEnd({ bindable, holder }: Diagnosis): string {
  if (bindable) return ', yet a test bind just succeeded.';
  return holder?.kind === 'winnat' ? ', so no program can bind it.' : ', so no other program can bind it.';
}

function liesIn({ range }: Diagnosis, facts: PortFacts): string {
  if (!range || range.startPort === range.endPort) return `${portName(facts)} is`;
  return `${portName(facts)} lies in ${portsText(range)}, a range`;
}

function liesInBlock(block: PortRange | undefined, facts: PortFacts): string {
  return block?.numberOfPorts === 1
    ? `${portName(facts)} is`
    : `${portName(facts)} lies in ${block ? `${portsText(block)}, ` : ''}a block`;
}

function byWhom(owners: readonly PortOwner[], { processId }: PortFacts): string {
  return `by ${ownerNames(owners, processId)} at ${addressesOf(owners)}`;
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

/** Tells whether all addresses were asked for, but the machine refused those of IPv6. */
function isIpv4Only(facts: PortFacts): boolean {
  const attempts = valueOf(facts.attempts) ?? [];
  return attempts.length > 1 && attempts.at(-1)?.errorNumber === 0;
}
