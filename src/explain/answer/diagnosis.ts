// SPDX-License-Identifier: MIT
import { errorCodes } from '../../common/error-codes.js';
import { contains } from '../../common/port-ranges.js';
import type { ExcludedPortRange, PortRange } from '../../common/ports.js';
import type { PortCause, PortExplanation } from '../port-explanation.js';
import type { PortOwner } from '../../calls/port-owners.js';
import { isListening, lastAttempt, rangeOf, valueOf, type PortFacts } from '../facts/facts.js';
import { canMeet } from './meeting-addresses.js';
import { isLackOfElevation } from '../facts/question.js';
import { holderOfRange, type RangeHolder } from './range-holder.js';
import { isForeignAddress, unknownName } from '../facts/trial-bind.js';

/** The conclusion from the facts. */
export interface Diagnosis {
  readonly cause: PortCause;
  readonly certainty: PortExplanation['certainty'];
  readonly bindable: boolean;
  readonly owners: readonly PortOwner[];
  readonly range?: ExcludedPortRange | undefined;
  /** The kind of program that reserved the listed range, if that is the cause. */
  readonly holder?: RangeHolder | undefined;
  /** The persistent, runtime or guest reservation, if that is the cause. */
  readonly block?: PortRange | undefined;
}

type Finding = Pick<Diagnosis, 'cause' | 'certainty'> & Partial<Diagnosis>;

const { ERROR_SHARING_VIOLATION, WSAEACCES, WSAEADDRINUSE } = errorCodes;

/** Names the cause. A pure function; the order of its questions tells the causes apart. */
export function diagnose(facts: PortFacts): Diagnosis {
  const attempt = lastAttempt(facts);
  const bindable = attempt?.errorNumber === 0;
  const finding = bindable ? diagnoseBindable(facts) : diagnoseRefused(facts);
  return { bindable, owners: [], range: rangeOf(facts), ...finding };
}

function diagnoseBindable(facts: PortFacts): Finding {
  const { ownBlock, ranges, owners, refusal } = facts;
  const range = rangeOf(facts);
  const persistent = valueOf(facts.persistent);
  const listening = ownersInTheWay(facts).filter(isListening);
  // Windows is not known to let a bind through a reservation, but the user is told of a reservation that exists.
  if (ownBlock) return { cause: 'runtime-reservation', certainty: 'certain', block: ownBlock };
  if (persistent) return { cause: 'persistent-reservation', certainty: 'likely', block: persistent };
  if (range?.administered === false) {
    return { cause: 'foreign-range', certainty: 'likely', holder: holderOfRange(range, facts), owners: listening };
  }
  if (listening.length > 0) return { cause: 'in-use', certainty: 'certain', owners: listening };
  if (range) return { cause: 'administered-range', certainty: 'certain' };
  // Only one port of the block was tried.
  if ((refusal?.block?.numberOfPorts ?? 1) > 1) return { cause: 'free', certainty: 'possible' };
  return { cause: 'free', certainty: ranges.known && owners.known ? 'certain' : 'likely' };
}

function diagnoseRefused(facts: PortFacts): Finding {
  const { ownBlock, refusal } = facts;
  if (refusal && isLackOfElevation(refusal)) {
    return { cause: 'not-elevated', certainty: certaintyOfLack(valueOf(facts.elevated)) };
  }
  const lookupCode = lastAttempt(facts)?.lookupCode;
  if (lookupCode !== undefined) {
    return { cause: 'address-not-available', certainty: lookupCode === unknownName ? 'certain' : 'possible' };
  }
  if (isForeignAddress({ errorNumber: refusalNumber(facts) }))
    return { cause: 'address-not-available', certainty: 'certain' };

  const owners = holdersOf(facts);
  const own = owners.filter(({ processId }) => processId === facts.processId);
  if (ownBlock && own.length > 0) return { cause: 'in-use', certainty: 'certain', owners: own };
  if (ownBlock) return { cause: 'runtime-reservation', certainty: 'certain', block: ownBlock };
  if (isInUse(facts) && owners.length > 0) {
    return { cause: 'in-use', certainty: owners.some(isAlive) ? 'certain' : 'likely', owners };
  }
  const persistent = valueOf(facts.persistent);
  if (persistent) return { cause: 'persistent-reservation', certainty: 'certain', block: persistent, owners };
  return (
    diagnoseRange(facts, owners) ?? diagnoseGuest(facts) ?? diagnoseSocket(facts, owners) ?? diagnoseUnlisted(facts)
  );
}

function certaintyOfLack(elevated: boolean | undefined): Finding['certainty'] {
  if (elevated === undefined) return 'likely';
  return elevated ? 'possible' : 'certain';
}

/** Blames the listed range, unless it has a star: such a range refuses no bind. */
function diagnoseRange(facts: PortFacts, owners: readonly PortOwner[]): Finding | undefined {
  const range = rangeOf(facts);
  if (range?.administered !== false) return undefined;
  const holder = holderOfRange(range, facts);
  const isSure = isDenied(facts) && facts.persistent?.known === true && holder.kind !== 'system';
  return { cause: 'foreign-range', certainty: isSure ? 'certain' : 'likely', holder, owners };
}

/**
 * Blames a guest that Windows names. Not certain: the byte order of the ports is not documented, and guests share some
 * ports with the host, for instance UDP 5353.
 */
function diagnoseGuest({ guests, port, protocol }: PortFacts): Finding | undefined {
  const guest = valueOf(guests)?.find(
    (reservation) => ['both', protocol].includes(reservation.protocol) && contains(reservation, port),
  );
  return guest && { cause: 'guest-reservation', certainty: 'likely', block: guest };
}

function diagnoseSocket(facts: PortFacts, owners: readonly PortOwner[]): Finding | undefined {
  const certainty = facts.ranges.known ? 'likely' : 'possible';
  if (owners.length > 0 && isDenied(facts)) return { cause: 'exclusive-use', certainty, owners };
  if (owners.length > 0 && mayBeAboutPort(facts)) {
    return { cause: 'in-use', certainty: owners.some(isListening) ? certainty : 'possible', owners };
  }
  if (!isInUse(facts) || facts.owners.known) return undefined;
  return { cause: 'in-use', certainty };
}

function diagnoseUnlisted(facts: PortFacts): Finding {
  const { port, platform, ranges, owners } = facts;
  if (platform !== 'win32' && port < 1024 && isDenied(facts)) {
    return { cause: 'privileged-port', certainty: 'likely' };
  }
  const isLikely = refusalNumber(facts) !== undefined && mayBeAboutPort(facts) && ranges.known && owners.known;
  return { cause: 'not-listed', certainty: isLikely ? 'likely' : 'possible' };
}

/** The error of the test bind, or of the earlier call if no test bind could be made. */
export function refusalNumber(facts: PortFacts): number | undefined {
  return lastAttempt(facts)?.errorNumber ?? facts.refusal?.errorNumber;
}

const portNumbers: readonly (number | undefined)[] = [
  WSAEACCES.errorNumber,
  WSAEADDRINUSE.errorNumber,
  ERROR_SHARING_VIOLATION.errorNumber,
  // No refusal is known.
  undefined,
];

/** False if Windows refused the bind for another reason than the port, for instance because it is out of buffers. */
export function mayBeAboutPort(facts: PortFacts): boolean {
  return portNumbers.includes(refusalNumber(facts));
}

function isDenied(facts: PortFacts): boolean {
  return refusalNumber(facts) === WSAEACCES.errorNumber;
}

/**
 * Tells whether a socket is in the way. Inside a reservation, the reservation refuses the test bind; only the error of
 * a socket that was associated with it shows that another socket uses the port.
 */
function isInUse(facts: PortFacts): boolean {
  const numbers = [refusalNumber(facts), facts.refusal?.errorNumber];
  return numbers.includes(WSAEADDRINUSE.errorNumber);
}

/** Process 0 stands for a process that has ended. */
function isAlive({ processId }: PortOwner): boolean {
  return processId !== 0;
}

/** The owners most likely to be in the way: a listener rather than its connections. */
function holdersOf(facts: PortFacts): PortOwner[] {
  let owners = ownersInTheWay(facts);
  for (const isLikelier of [isAlive, isListening]) {
    const likelier = owners.filter(isLikelier);
    if (likelier.length > 0) owners = likelier;
  }
  return owners;
}

/** The owners at an address that was asked for. A socket at another address refuses nothing. */
function ownersInTheWay({ attempts, bindTo = '::', owners }: PortFacts): PortOwner[] {
  const addresses = valueOf(attempts)?.map(({ address }) => address) ?? [bindTo];
  return (valueOf(owners) ?? []).filter((owner) => addresses.some((address) => canMeet(owner.address, address)));
}
