// SPDX-License-Identifier: MIT
import { setTimeout } from 'node:timers/promises';
import { getBinding, getNetsh, isElevated } from '../binding.js';
import { errorCodes } from '../error-codes.js';
import { getDynamicPortRange, listExcludedPortRanges } from '../excluded-port-ranges.js';
import { listLiveBlocks } from '../live-blocks.js';
import type { ExcludedPortRange, PortBlock } from '../port-block.js';
import { listGuestPortReservations, listPortOwners } from '../port-owners.js';
import { lookUpBlock } from './look-up-block.js';
import { findNearbyPort } from './nearby-port.js';
import { isLackOfElevation } from './question.js';
import {
  contains,
  lastAttempt,
  rangeOf,
  valueOf,
  type BindAttempt,
  type Fact,
  type PortFacts,
  type PortQuestion,
} from './facts.js';
import { tryToBind } from './trial-bind.js';

const pauseMs = 100;

const { WSAEACCES, WSAEADDRINUSE } = errorCodes;

export interface GatherOptions {
  /** The runtime reservations of who asks, default those of this thread. */
  readonly ownBlocks?: readonly PortBlock[];
  /** How long it may take, about; default 15,000. A tenth of a second will do where nothing hangs. */
  readonly limitMs?: number;
}

/**
 * Asks everything that can tell why a port can or cannot be had. What fails becomes a fact that is not known.
 *
 * @throws {@link PortReservationError} where there is nobody to ask: not Windows, or no addon and no error to go by.
 */
export async function gatherFacts(
  asked: PortQuestion,
  { ownBlocks = listLiveBlocks(), limitMs = 15_000 }: GatherOptions = {},
): Promise<PortFacts> {
  // Two rounds, one after the other.
  const firstMs = limitMs * 0.5;
  const secondMs = limitMs * 0.3;
  if (asked.refusal) getNetsh();
  else getBinding();
  const ranges = factOf(() => listExcludedPortRanges({ protocol: asked.protocol }), firstMs);
  const dynamicRange = factOf(() => getDynamicPortRange({ protocol: asked.protocol }), firstMs);
  const question = { ...asked, port: await portToBlame(asked, ranges, firstMs) };
  const { port, protocol } = question;

  const [trial, ...known] = await Promise.all([
    tryAndFindOwners(question, firstMs),
    ranges,
    dynamicRange,
    factOf(() => Promise.resolve().then(isElevated), firstMs),
  ]);
  const facts: PortFacts = {
    ...question,
    ...trial,
    ranges: known[0],
    dynamicRange: known[1],
    elevated: known[2],
    ownBlock: ownBlocks.find((block) => block.protocol === protocol && contains(block, port)),
    processId: process.pid,
    platform: process.platform,
  };
  return { ...facts, ...(await secondRound(facts, secondMs)) };
}

/** What the first round leaves open. */
async function secondRound(facts: PortFacts, limitMs: number): Promise<Partial<PortFacts>> {
  const { port, protocol, refusal } = facts;
  const range = rangeOf(facts);
  const attempt = lastAttempt(facts);
  const isRefused = attempt?.errorNumber !== 0;
  const isReserved = range?.administered === false;
  if (isAboutElevation(facts) || (!isRefused && !isReserved && valueOf(facts.owners)?.length === 0)) return {};

  const blocks = [range && blockOf(range), { protocol, startPort: port, numberOfPorts: 1 }, refusal?.block];
  const isPlaceOfPort = attempt === undefined || [0, ...takenNumbers].includes(attempt.errorNumber);
  const [persistent, neighbours, guests, nearbyPort] = await Promise.all([
    isRefused || isReserved ? factOf(() => lookUpBlock(blocks, port), limitMs) : undefined,
    isReserved ? factOf(() => ownersInside(range), limitMs) : undefined,
    isRefused && !isReserved ? factOf(listGuestPortReservations, limitMs) : undefined,
    isPlaceOfPort ? factOf(() => findNearbyPort(facts, valueOf(facts.ranges) ?? []), limitMs) : undefined,
  ]);
  return { persistent, neighbours, guests, nearbyPort: valueOf(nearbyPort) };
}

const takenNumbers: readonly number[] = [WSAEACCES.errorNumber, WSAEADDRINUSE.errorNumber];

/** Of a block that was refused as a whole, the first port that something is known to have. */
async function portToBlame(
  { port, protocol, refusal }: PortQuestion,
  ranges: Promise<Fact<readonly ExcludedPortRange[]>>,
  limitMs: number,
): Promise<number> {
  const block = refusal?.block;
  if (!block || block.numberOfPorts === 1 || isLackOfElevation(refusal)) return port;
  const [listed, owners, guests] = await Promise.all([
    ranges,
    factOf(() => listPortOwners({ protocol }), limitMs),
    factOf(listGuestPortReservations, limitMs),
  ]);
  const otherProtocol = protocol === 'tcp' ? 'udp' : 'tcp';
  const taken = [
    ...(valueOf(listed) ?? []).map(({ startPort, endPort }) => [startPort, endPort] as const),
    // A closed connection that lingers has no socket.
    ...(valueOf(owners) ?? [])
      .filter(({ state }) => state !== 'TIME_WAIT')
      .map((owner) => [owner.port, owner.port] as const),
    ...(valueOf(guests) ?? [])
      .filter((guest) => guest.protocol !== otherProtocol)
      .map(({ startPort, numberOfPorts }) => [startPort, startPort + numberOfPorts - 1] as const),
  ];
  const suspects = taken.filter(([, last]) => last >= port).map(([first]) => Math.max(first, port));
  const [suspect] = suspects.filter((each) => contains(block, each)).sort((one, other) => one - other);
  return suspect ?? port;
}

/** Then the port does not matter, and may not be known. */
function isAboutElevation({ refusal }: PortQuestion): boolean {
  return refusal !== undefined && isLackOfElevation(refusal);
}

type Trial = Pick<PortFacts, 'attempts' | 'owners'>;

let lastTrial: Promise<unknown> = Promise.resolve();

/** One after the other, so that the socket of one trial is not what the next one finds. */
function tryAndFindOwners(question: PortQuestion, limitMs: number): Promise<Trial> {
  const trial = lastTrial.then(() => tryTwice(question, limitMs));
  lastTrial = trial.catch(() => undefined);
  return trial;
}

/** A second time where nobody has what was in use: another trial, or a process that is ending, may have had it. */
async function tryTwice(question: PortQuestion, limitMs: number): Promise<Trial> {
  const trial = await tryOnce(question, limitMs);
  const isMystery =
    lastAttempt(trial)?.errorNumber === WSAEADDRINUSE.errorNumber && valueOf(trial.owners)?.length === 0;
  if (!isMystery) return trial;
  await setTimeout(pauseMs);
  return tryOnce(question, limitMs);
}

async function tryOnce(question: PortQuestion, limitMs: number): Promise<Trial> {
  const { protocol, port } = question;
  if (isAboutElevation(question)) {
    const why = 'That takes the reservation, which an elevated process alone can use.';
    return { attempts: { known: false, why }, owners: { known: true, value: [] } };
  }
  const attempts = await factOf<BindAttempt[]>(() => tryToBind(question), limitMs);
  // Afterwards, or the socket of the trial would be among them.
  return { attempts, owners: await factOf(() => listPortOwners({ protocol, port }), limitMs) };
}

async function ownersInside(range: ExcludedPortRange) {
  const owners = await listPortOwners({ protocol: range.protocol });
  return owners.filter(({ port }) => range.startPort <= port && port <= range.endPort);
}

function blockOf({ protocol, startPort, endPort }: ExcludedPortRange): PortBlock {
  return { protocol, startPort, numberOfPorts: endPort - startPort + 1 };
}

async function factOf<Value>(ask: () => Promise<Value>, limitMs: number): Promise<Fact<Value>> {
  const answered = new AbortController();
  const late = setTimeout(limitMs, undefined, { signal: answered.signal }).then((): Fact<Value> => ({
    known: false,
    why: `There was no answer in ${limitMs} ms.`,
  }));
  try {
    const asked = ask().then((value): Fact<Value> => ({ known: true, value }));
    return await Promise.race([asked, late]);
  } catch (error) {
    // The first line, because netsh may have printed a page.
    const [why = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    return { known: false, why };
  } finally {
    late.catch(() => undefined);
    answered.abort();
  }
}
