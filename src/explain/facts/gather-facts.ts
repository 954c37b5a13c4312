// SPDX-License-Identifier: MIT
import { setTimeout } from 'node:timers/promises';
import { getBinding, getNetsh, isElevated } from '../../windows/binding.js';
import { errorCodes } from '../../common/error-codes.js';
import { getDynamicPortRange, listExcludedPortRanges } from '../../calls/excluded-port-ranges.js';
import { listLiveBlocks } from '../../calls/live-blocks.js';
import { contains } from '../../common/port-ranges.js';
import { defaultDynamicRange } from '../../common/usual-ranges.js';
import type { ExcludedPortRange, PortBlock, PortRange } from '../../common/ports.js';
import { readMaxUserPort } from '../../calls/registry.js';
import { addDetails, listGuestPortReservations, listPortOwners, type PortOwner } from '../../calls/port-owners.js';
import { factOf, type Deadline } from './fact-of.js';
import { inTurn } from './in-turn.js';
import { lookUpBlock } from './look-up-block.js';
import { findNearbyPort } from './nearby-port.js';
import { isLackOfElevation } from './question.js';
import {
  isListening,
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
  const deadlines = { table: after(0.3), bind: after(0.5), first: after(0.6), second: after(0.9) };
  if (asked.refusal) getNetsh();
  else getBinding();
  const { protocol } = asked;
  // Asks before netsh is started, which stops this thread for a while. The answer comes meanwhile.
  const table = readTableInTurn(asked, deadlines.table);
  const ranges = factOf(() => listExcludedPortRanges({ protocol }), deadlines.first);
  const dynamicRange = factOf(() => getDynamicPortRange({ protocol }), deadlines.first);
  const { guests, ...blamed } = await portToBlame(asked, ranges, table, deadlines.table);
  const question = { ...asked, ...blamed };

  const tried = tryInTurn(question, table, deadlines);
  const rowsOfPort = tried.then((trial) => rowsAt(trial.table, portOf(question)));
  const owners = rowsOfPort.then((rows) => describeOwners(rows, deadlines.second));
  const [trial, rows, ...known] = await Promise.all([
    tried,
    rowsOfPort,
    ranges,
    dynamicRange,
    factOf(() => Promise.resolve().then(isElevated), deadlines.first),
  ]);
  const facts: PortFacts = {
    ...question,
    owners: rows,
    attempts: trial.attempts,
    ranges: known[0],
    dynamicRange: known[1],
    elevated: known[2],
    guests,
    ownBlock: ownBlocks.find((block) => block.protocol === protocol && contains(block, question.port)),
    processId: process.pid,
    platform: process.platform,
  };
  const more = await secondRound(facts, trial.table, deadlines.second);
  return { ...facts, ...more, owners: await owners };
}

/** Gathers the facts that the first round leaves open. */
async function secondRound(facts: PortFacts, table: Table, deadline: Deadline): Promise<Partial<PortFacts>> {
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
  const [persistent, guests, nearbyPort, maxUserPort] = await Promise.all([
    isRefused || isReserved ? factOf(() => lookUpBlock(blocks, port), deadline) : undefined,
    facts.guests ?? (isRefused && !isReserved ? factOf(listGuestPortReservations, deadline) : undefined),
    isPlaceOfPort ? factOf(() => findNearbyPort({ ...facts, table }, deadline), deadline) : undefined,
    isWidened ? factOf(readMaxUserPort, deadline) : undefined,
  ]);
  // The owners tell why the table is not known.
  const neighbors = isReserved && table.known ? rowsAt(table, range) : undefined;
  return { persistent, neighbors, guests, nearbyPort: valueOf(nearbyPort), maxUserPort };
}

const takenNumbers: readonly (number | undefined)[] = [WSAEACCES.errorNumber, WSAEADDRINUSE.errorNumber];

/** Picks the first port of a refused block that is known to be taken, and returns the guests that it asked for on the way. */
async function portToBlame(
  { port, protocol, refusal }: PortQuestion,
  ranges: Promise<Fact<readonly ExcludedPortRange[]>>,
  table: Promise<Table>,
  deadline: Deadline,
): Promise<Pick<PortFacts, 'port' | 'guests'>> {
  const block = refusal?.block;
  if (!block || block.numberOfPorts === 1 || isLackOfElevation(refusal)) return { port };
  const [listed, owners, guests] = await Promise.all([
    factOf(() => ranges, deadline),
    table,
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

/** Every socket of the protocol, without the details of its process. The dearest answer of all, so it serves all questions. */
type Table = Fact<readonly PortOwner[]>;

function readTable({ protocol }: PortQuestion, deadline: Deadline): Promise<Table> {
  return factOf(() => listPortOwners({ protocol }), deadline);
}

/** Reads the table while no test bind of this thread has a socket. Waits for that no longer than for the answer. */
async function readTableInTurn(question: PortQuestion, deadline: Deadline): Promise<Table> {
  if (isAboutElevation(question)) return { known: true, value: [] };
  const read = await factOf(() => inTurn(() => readTable(question, deadline)), deadline);
  return read.known ? read.value : read;
}

function rowsAt(table: Table, ports: PortRange): Table {
  return table.known ? { known: true, value: table.value.filter(({ port }) => contains(ports, port)) } : table;
}

/** A test bind, and the table that was read before it: later, the socket of the bind would be among the owners. */
interface Trial {
  readonly table: Table;
  readonly attempts: PortFacts['attempts'];
}

interface TrialDeadlines {
  readonly bind: Deadline;
  readonly first: Deadline;
}

/** Adds the details of the processes. Without them the rows still tell which process it is. */
async function describeOwners(rows: Table, deadline: Deadline): Promise<Table> {
  if (!rows.known) return rows;
  const described = await factOf(() => addDetails(rows.value), deadline);
  return described.known ? described : rows;
}

async function tryInTurn(question: PortQuestion, early: Promise<Table>, deadlines: TrialDeadlines): Promise<Trial> {
  const table = await early;
  const tried = await factOf(() => inTurn(() => tryTwice(question, table, deadlines)), deadlines.first);
  return tried.known ? tried.value : { attempts: tried, table };
}

/**
 * Asks again where the bind and the table contradict each other: a process has begun to use the port in between, or has
 * ended. Another test bind may also have used it.
 */
async function tryTwice(question: PortQuestion, table: Table, deadlines: TrialDeadlines): Promise<Trial> {
  const trial = { table, attempts: await tryOnce(question, deadlines.bind) };
  const errorNumber = lastAttempt(trial)?.errorNumber;
  const rows = valueOf(rowsAt(table, portOf(question)));
  const isMystery = errorNumber === WSAEADDRINUSE.errorNumber && rows?.length === 0;
  const isOutdated = errorNumber === 0 && rows?.some(isListening) === true;
  if (!isMystery && !isOutdated) return trial;
  if (isMystery) await setTimeout(pauseMs);
  const newTable = await readTable(question, deadlines.first);
  const again = { table: newTable, attempts: await tryOnce(question, deadlines.bind) };
  return again.attempts.known ? again : trial;
}

async function tryOnce(question: PortQuestion, deadline: Deadline): Promise<PortFacts['attempts']> {
  if (isAboutElevation(question)) {
    return { known: false, why: 'That takes the reservation, which an elevated process alone can use.' };
  }
  return factOf<BindAttempt[]>(() => tryPortAndAddress(question), deadline);
}

function portOf({ port }: PortQuestion): PortRange {
  return { startPort: port, numberOfPorts: 1 };
}
