// SPDX-License-Identifier: MIT
import { randomBytes, randomInt } from 'node:crypto';
import { take } from '../../common/arguments.js';
import { defaultDynamicRange } from '../../common/usual-ranges.js';
import { errorCodes } from '../../common/error-codes.js';
import type { PortBlock, PortRange, Protocol } from '../../common/ports.js';
import { type Assumptions, resolveAssumptions } from './assumptions.js';
import { CallPlan } from './call-plan.js';
import { ChangedKeys } from './changed-keys.js';
import { portCount } from '../../common/port-ranges.js';
import { isPortRange } from './port-range.js';
import { PortPool } from './port-pool.js';
import type { BoundTo, ProcessRecord, Reservation, SocketRecord, TokenReservation } from './records.js';
import { Refusal } from './refusal.js';
import { SocketTable } from './socket-table.js';

const firstProcessId = 2 ** 28;

/** Configures a simulated machine. */
export interface MachineOptions {
  /**
   * The range that Windows chooses ports from, for TCP and UDP alike, in ascending order from its first port. Default
   * 49152 to 65535, starting at a random port above 60999: several simulated machines may share one host to bind on, and
   * Linux gives the ports below to clients.
   */
  readonly dynamicRange?: PortRange;
  /** Answers to open questions about Windows that differ from the model's own. */
  readonly assumptions?: Partial<Assumptions>;
  /**
   * The ports of the host that the sockets get. Default `same`: those of the machine, so that clients reach them, and a port
   * of another program of the host is refused. With `any`, a socket gets a free port of the host and still reports the port
   * of the machine: the tests of code that only binds are independent of the host, and clients do not find its servers.
   */
  readonly hostPorts?: HostPorts;
}

/** Says which ports of the host the sockets of a machine get. */
export type HostPorts = 'same' | 'any';

/** Linux chooses the local ports of clients from 32768 to 60999, unless its administrator changed that. */
const firstTurn = 61_000;

/**
 * The state that SimulatedWindows and its processes share. It keeps the records consistent and leaves most refusals to
 * its callers.
 */
export class MachineState {
  /** The dynamic ranges that netsh set, which the registry may widen at the next restart. */
  readonly setRanges: Record<Protocol, PortRange>;
  readonly overrides: Partial<Assumptions>;
  readonly assumptions: Assumptions;
  readonly hostPorts: HostPorts;
  readonly pools: Readonly<Record<Protocol, PortPool>>;
  readonly processes = new Map<number, ProcessRecord>();
  /** The ids of the processes that started or ended. */
  readonly changedProcesses = new ChangedKeys<number>();
  readonly sockets = new SocketTable();
  /** The exclusions of the persistent store that apply from the next restart on, because netsh deleted them in the active one. */
  readonly dormant = new Set<PortBlock>();
  readonly failures = new CallPlan();
  readonly delays = new CallPlan();
  /** The tokens to issue first, before random ones. */
  readonly nextTokens: bigint[] = [];
  /** The next id of a process or a socket; both share one sequence, so that their ids never collide. */
  nextId = 1;
  readonly #byToken = new Map<bigint, TokenReservation>();
  readonly #processEnds: ((id: number) => void)[] = [];

  constructor(options: MachineOptions) {
    const given = take('options', options, ['dynamicRange', 'assumptions', 'hostPorts']) as MachineOptions;
    const { dynamicRange, assumptions = {}, hostPorts = 'same' } = given;
    const range = { ...(dynamicRange ?? defaultDynamicRange) };
    if (!isPortRange(range)) throw new RangeError('dynamicRange: expected ports between 1 and 65535');
    if (!['same', 'any'].includes(hostPorts)) throw new RangeError("hostPorts: expected 'same' or 'any'");
    this.hostPorts = hostPorts;
    this.setRanges = { tcp: range, udp: range };
    this.overrides = { ...assumptions };
    this.assumptions = resolveAssumptions(assumptions);
    const newPool = () => new PortPool(range, this.assumptions.portZeroSkipsReservations);
    this.pools = { tcp: newPool(), udp: newPool() };
    if (dynamicRange !== undefined) return;
    for (const pool of Object.values(this.pools)) pool.nextDynamicPort = randomInt(firstTurn, portCount);
  }

  /** @param process - Without an id of its own, it gets one that no process of the host has. */
  startProcess(process: Omit<ProcessRecord, 'id' | 'processId'> & { readonly processId?: number | undefined }): number {
    const id = this.nextId++;
    this.changedProcesses.add(id);
    this.processes.set(id, { ...process, id, processId: process.processId ?? this.#issueProcessId() });
    return id;
  }

  endProcess(id: number): void {
    if (!this.processes.delete(id)) return;
    this.changedProcesses.add(id);
    for (const socket of this.sockets.ofProcess(id)) this.closeSocket(socket);
    for (const listener of this.#processEnds) listener(id);
  }

  /** Calls the listener with the key of each process that ends, after its sockets are closed. */
  whenProcessEnds(listener: (id: number) => void): void {
    this.#processEnds.push(listener);
  }

  /** Windows counts in steps of 4. Hosts give no ids that are as high. */
  #issueProcessId(): number {
    const ids = [...this.processes.values()].map(({ processId }) => processId);
    return Math.max(firstProcessId - 4, ...ids.filter((processId) => processId >= firstProcessId)) + 4;
  }

  openSocket(processId: number, protocol: Protocol, family: 4 | 6, thread: number): number {
    const id = this.nextId++;
    this.sockets.open({ id, processId, protocol, family, thread });
    return id;
  }

  endThread(processId: number, thread: number): void {
    for (const socket of this.sockets.ofThread(processId, thread)) this.closeSocket(socket);
  }

  socketOf(processId: number, socketId: number): SocketRecord {
    const socket = this.sockets.get(socketId);
    if (socket?.processId !== processId) throw new Refusal(errorCodes.WSAENOTSOCK.errorNumber);
    return socket;
  }

  bindSocket(socket: SocketRecord, bound: BoundTo): void {
    this.pools[socket.protocol].bind(bound);
    this.sockets.bind(socket, bound);
  }

  closeSocket(socket: SocketRecord): void {
    // Ending a reservation can close sockets, including this one.
    if (!this.sockets.close(socket)) return;
    if (socket.bound !== undefined) this.pools[socket.protocol].unbind(socket.bound);
    for (const token of socket.owned) {
      const reservation = this.#byToken.get(token);
      if (reservation !== undefined) this.endReservation(reservation, this.assumptions.boundSocketsSurviveOwnerClose);
    }
  }

  /**
   * Issues 64 random bits, or the token that a test planned; never 0, which is INVALID_PORT_RESERVATION_TOKEN, and
   * never a token in use.
   */
  issueToken(): bigint {
    let token = 0n;
    while (token === 0n || this.#byToken.has(token)) {
      token = this.nextTokens.shift() ?? randomBytes(8).readBigUInt64LE();
    }
    return token;
  }

  reservationOf(token: bigint): TokenReservation | undefined {
    return this.#byToken.get(token);
  }

  /** Adds a reservation. Its ports must not be reserved, and its token must not be in use. */
  addReservation(reservation: Reservation): void {
    this.pools[reservation.protocol].addReservation(reservation);
    if (reservation.kind === 'foreign' || reservation.token === undefined) return;
    this.#byToken.set(reservation.token, reservation);
    if (reservation.kind === 'runtime') reservation.owner.owned.add(reservation.token);
  }

  /**
   * Ends a reservation. Sockets that are bound inside keep their ports, unless `boundSocketsSurvive` is false: then
   * they are closed.
   */
  endReservation(reservation: Reservation, boundSocketsSurvive: boolean): void {
    this.pools[reservation.protocol].deleteReservation(reservation);
    if (reservation.kind === 'foreign' || reservation.token === undefined) return;
    const { token } = reservation;
    this.#byToken.delete(token);
    if (reservation.kind === 'runtime') reservation.owner.owned.delete(token);
    if (boundSocketsSurvive) return;
    for (const socket of this.sockets.boundBy(token)) this.closeSocket(socket);
  }

  /** Returns the token of the reservation; an administered exclusion gets its token at the first call. */
  tokenOf(reservation: TokenReservation): bigint {
    if (reservation.kind !== 'administered') return reservation.token;
    if (reservation.token === undefined) {
      reservation.token = this.issueToken();
      this.#byToken.set(reservation.token, reservation);
      this.pools[reservation.protocol].blocks.listed.changed.add(reservation.startPort);
    }
    return reservation.token;
  }

  /** Restarts Windows: entries of the registry stay, with new tokens; everything else is gone. */
  restart(): void {
    for (const id of [...this.processes.keys()]) this.endProcess(id);
    for (const pool of Object.values(this.pools)) {
      for (const unlisted of pool.unlisted()) pool.deleteUnlisted(unlisted);
      for (const reservation of pool.reservations()) this.#restartReservation(reservation);
    }
    for (const block of this.dormant)
      this.addReservation({ ...block, kind: 'administered', token: undefined, stored: true });
    this.dormant.clear();
  }

  #restartReservation(reservation: Reservation): void {
    // Issue the new token while the old one is in use, so that they differ.
    const token = reservation.kind === 'persistent' ? this.issueToken() : undefined;
    this.endReservation(reservation, true);
    if (reservation.kind === 'persistent' && token !== undefined) this.addReservation({ ...reservation, token });
    if (reservation.kind === 'administered' && reservation.stored) {
      this.addReservation({ ...reservation, token: undefined });
    }
  }
}
