// SPDX-License-Identifier: MIT
import { setTimeout } from 'node:timers/promises';
import { getBinding, getNetsh, isElevated } from '../../windows/binding.js';
import { errorCodes } from '../../common/error-codes.js';
import { getDynamicPortRange, listExcludedPortRanges } from '../../calls/excluded-port-ranges.js';
import { listLiveBlocks } from '../../calls/live-blocks.js';
import { contains } from '../../common/port-ranges.js';
import { defaultDynamicRange } from '../../common/usual-ranges.js';
import type { ExcludedPortRange, PortBlock } from '../../common/ports.js';
import { readMaxUserPort } from '../../calls/registry.js';
import { listGuestPortReservations, listPortOwners } from '../../calls/port-owners.js';
import { factOf, type Deadline } from './fact-of.js';
import { inTurn } from './in-turn.js';
import { lookUpBlock } from './look-up-block.js';
import { findNearbyPort } from './nearby-port.js';
import { isLackOfElevation } from './question.js';
import {
  lastAttempt,
  rangeOf,
  valueOf,
  type BindAttempt,
  type Fact,
  type PortFacts,
  type PortQuestion,
} from './facts.js';
import { tryPortAndAddress } from './trial-bind.js';

const pauseMs = 100;

const { WSAEACCES, WSAEADDRINUSE } = errorCodes;

export interface GatherOptions {
  /** The runtime reservations of the asking thread; default those of this thread. */
  readonly ownBlocks?: readonly PortBlock[];
  /** The approximate limit in milliseconds; default 15,000. A tenth of a second is enough if nothing hangs. */
  readonly limitMs?: number;
}

/**
 * Gathers every fact that can tell why a port can or cannot be bound. A question that fails becomes a fact that is not known.
 *
 * @throws {@link PortReservationError} if no question can be asked: off Windows, or without the addon and without an error.
 */
export async function gatherFacts(
  asked: PortQuestion,
  { ownBlocks = listLiveBlocks(), limitMs = 15_000 }: GatherOptions = {},
): Promise<PortFacts> {
  const start = performance.now();
  const after = (share: number): Deadline => start + limitMs * share;
  const deadlines = { blame: after(0.2), bind: after(0.4), first: after(0.6), second: after(0.9) };
  if (asked.refusal) getNetsh();
  else getBinding();
  const ranges = factOf(() => listExcludedPortRanges({ protocol: asked.protocol }), deadlines.first);
  const dynamicRange = factOf(() => getDynamicPortRange({ protocol: asked.protocol }), deadlines.first);
  const { guests, ...blamed } = await portToBlame(asked, ranges, deadlines.blame);
  const question = { ...asked, ...blamed };
  const { port, protocol } = question;

  const [trial, ...known] = await Promise.all([
    tryAndFindOwners(question, deadlines),
    ranges,
    dynamicRange,
    factOf(() => Promise.resolve().then(isElevated), deadlines.first),
  ]);
  const facts: PortFacts = {
    ...question,
    ...trial,
    ranges: known[0],
    dynamicRange: known[1],
    elevated: known[2],
    guests,
    ownBlock: ownBlocks.find((block) => block.protocol === protocol && contains(block, port)),
    processId: process.pid,
    platform: process.platform,
  };
  return { ...facts, ...(await secondRound(facts, deadlines.second)) };
}

/** Gathers the facts that the first round leaves open. */
async function secondRound(facts: PortFacts, deadline: Deadline): Promise<Partial<PortFacts>> {
  const { port, protocol, refusal } = facts;
  const range = rangeOf(facts);
  const attempt = lastAttempt(facts);
  const isRefused = attempt?.errorNumber !== 0;
  const isReserved = range?.administered === false;
  if (isAboutElevation(facts) || (!isRefused && !isReserved && valueOf(facts.owners)?.length === 0)) return {};

  const blocks = [range, { protocol, startPort: port, numberOfPorts: 1 }, refusal?.block];
  const isPlaceOfPort = attempt === undefined || [0, ...takenNumbers].includes(attempt.errorNumber);
  const dynamicRange = valueOf(facts.dynamicRange);
  const isWidened = isReserved && dynamicRange !== undefined && dynamicRange.startPort < defaultDynamicRange.startPort;
  const [persistent, neighbors, guests, nearbyPort, maxUserPort] = await Promise.all([
    isRefused || isReserved ? factOf(() => lookUpBlock(blocks, port), deadline) : undefined,
    isReserved ? factOf(() => ownersInside(range), deadline) : undefined,
    facts.guests ?? (isRefused && !isReserved ? factOf(listGuestPortReservations, deadline) : undefined),
    isPlaceOfPort ? factOf(() => findNearbyPort(facts, deadline), deadline) : undefined,
    isWidened ? factOf(readMaxUserPort, deadline) : undefined,
  ]);
  return { persistent, neighbors, guests, nearbyPort: valueOf(nearbyPort), maxUserPort };
}

const takenNumbers: readonly (number | undefined)[] = [WSAEACCES.errorNumber, WSAEADDRINUSE.errorNumber];

/** Picks the first port of a refused block that is known to be taken, and returns the guests that it asked for on the way. */
async function portToBlame(
  { port, protocol, refusal }: PortQuestion,
  ranges: Promise<Fact<readonly ExcludedPortRange[]>>,
  deadline: Deadline,
): Promise<Pick<PortFacts, 'port' | 'guests'>> {
  const block = refusal?.block;
  if (!block || block.numberOfPorts === 1 || isLackOfElevation(refusal)) return { port };
  const [listed, owners, guests] = await Promise.all([
    factOf(() => ranges, deadline),
    factOf(() => listPortOwners({ protocol }), deadline),
    factOf(listGuestPortReservations, deadline),
  ]);
  const otherProtocol = protocol === 'tcp' ? 'udp' : 'tcp';
  const taken = [
    ...(valueOf(valueOf(listed)) ?? []).map(({ startPort, endPort }) => [startPort, endPort] as const),
    // A closed connection that lingers has no socket.
    ...(valueOf(owners) ?? [])
      .filter(({ state }) => state !== 'TIME_WAIT')
      .map((owner) => [owner.port, owner.port] as const),
    ...(valueOf(guests) ?? [])
      .filter((guest) => guest.protocol !== otherProtocol)
      .map(({ startPort, endPort }) => [startPort, endPort] as const),
  ];
  const suspects = taken.filter(([, last]) => last >= port).map(([first]) => Math.max(first, port));
  const [suspect] = suspects.filter((each) => contains(block, each)).sort((one, other) => one - other);
  return { port: suspect ?? port, guests };
}

/** Tells whether the refusal is about elevation. In that case the port does not matter, and may not be known. */
function isAboutElevation({ refusal }: PortQuestion): boolean {
  return refusal !== undefined && isLackOfElevation(refusal);
}

type Trial = Pick<PortFacts, 'attempts' | 'owners'>;

interface TrialDeadlines {
  readonly bind: Deadline;
  readonly first: Deadline;
}

async function tryAndFindOwners(question: PortQuestion, deadlines: TrialDeadlines): Promise<Trial> {
  const trial = await factOf(() => inTurn(() => tryTwice(question, deadlines)), deadlines.first);
  return trial.known ? trial.value : { attempts: trial, owners: trial };
}

/** Tries again if no process uses a port that was in use: another test bind, or a process that was ending, may have used it. */
async function tryTwice(question: PortQuestion, deadlines: TrialDeadlines): Promise<Trial> {
  const trial = await tryOnce(question, deadlines);
  const isMystery =
    lastAttempt(trial)?.errorNumber === WSAEADDRINUSE.errorNumber && valueOf(trial.owners)?.length === 0;
  if (!isMystery) return trial;
  await setTimeout(pauseMs);
  const again = await tryOnce(question, deadlines);
  return again.attempts.known ? again : trial;
}

async function tryOnce(question: PortQuestion, { bind, first }: TrialDeadlines): Promise<Trial> {
  const { protocol, port } = question;
  if (isAboutElevation(question)) {
    const why = 'That takes the reservation, which an elevated process alone can use.';
    return { attempts: { known: false, why }, owners: { known: true, value: [] } };
  }
  const attempts = await factOf<BindAttempt[]>(() => tryPortAndAddress(question), bind);
  // Asks after the test bind, or its socket would be among the owners.
  return { attempts, owners: await factOf(() => listPortOwners({ protocol, port }), first) };
}

async function ownersInside(range: ExcludedPortRange) {
  const owners = await listPortOwners({ protocol: range.protocol });
  return owners.filter(({ port }) => contains(range, port));
}
