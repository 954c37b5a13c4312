// SPDX-License-Identifier: MIT
import { checkProtocol, take } from '../../common/arguments.js';
import { errorCodes } from '../../common/error-codes.js';
import { withJson } from '../../common/json.js';
import type { ExcludedPortRange, PortBlock, PortRange, Protocol } from '../../common/ports.js';
import type { Assumptions } from './assumptions.js';
import { type MachineOptions, MachineState } from './machine-state.js';
import { hasStar, isListed } from './listing.js';
import { endOf, isPortRange } from './port-range.js';
import { SimulatedProcess } from './process.js';
import type { ReservationKind } from './records.js';
import { type BoundSocketRow, portOwnersOf } from './port-owners.js';
import { Refusal, refuseUnlessSuccess } from './refusal.js';
import { restoreMachine, type SavedMachine, saveMachine } from './saved-machine.js';

/** A row of `netsh int ipv4 show excludedportrange`, and what stands behind it, which netsh does not say. */
export interface ExcludedPortRangeRow extends ExcludedPortRange {
  readonly kind: ReservationKind;
}

export interface PersistentReservationRow extends PortBlock {
  readonly token: bigint;
}

/** How to start a process. */
export interface ProcessOptions {
  /** Whether its token is elevated, as that of an administrator's shell is. Default true. */
  readonly elevated?: boolean;
  /** What {@link SimulatedWindows.portOwners} calls it; default a number of the machine's own. */
  readonly processId?: number;
  /** The file name of its program; default `program.exe`. */
  readonly imageName?: string;
}

/**
 * A machine that reserves ports by the rules of Windows: a model, without sockets or timers of its own. What Windows
 * does is known from public evidence; where that is silent, the model goes by its {@link Assumptions}.
 *
 * Blocks with ports outside 1 to 65535 throw a RangeError. A Refusal carries the error number that Windows would give.
 */
export class SimulatedWindows {
  #state: MachineState;

  /** @throws RangeError for a dynamic range that is no block, and for unknown assumptions or values. */
  constructor(options: MachineOptions = {}) {
    this.#state = new MachineState(options);
  }

  /** The machine that {@link SimulatedWindows.save} saved, with its living processes and their sockets. */
  static restore(saved: SavedMachine): SimulatedWindows {
    const machine = new SimulatedWindows();
    machine.#state = restoreMachine(saved);
    return machine;
  }

  /** The whole state as a plain object that JSON keeps without loss, for {@link SimulatedWindows.restore}. */
  save(): SavedMachine {
    return saveMachine(this.#state);
  }

  /** Where Windows chooses ports from, for bind to port 0 and for blocks without a start port. */
  get dynamicRange(): PortRange {
    return this.#state.dynamicRange;
  }

  /** The values that this machine goes by. */
  get assumptions(): Assumptions {
    return this.#state.assumptions;
  }

  /** Starts a process. */
  startProcess(options: ProcessOptions = {}): SimulatedProcess {
    const given = take('options', options, ['elevated', 'processId', 'imageName']) as ProcessOptions;
    const { elevated = true, processId, imageName = 'program.exe' } = given;
    return new SimulatedProcess(this.#state, this.#state.startProcess(elevated, processId, imageName));
  }

  /**
   * The running process with this id.
   *
   * @throws RangeError where there is none.
   */
  process(id: number): SimulatedProcess {
    return new SimulatedProcess(this.#state, id);
  }

  /** Whether a process with this id is running. */
  isRunning(id: number): boolean {
    return this.#state.processes.has(id);
  }

  /**
   * Restarts Windows. Processes end, runtime, foreign and unlisted reservations vanish; persistent reservations and
   * administered exclusions stay, but every persistent token changes.
   */
  restart(): void {
    this.#state.restart();
  }

  /**
   * `netsh int ipv4 add excludedportrange`: Windows no longer chooses these ports, and nobody can reserve them, but any
   * socket may still bind to one by number. It succeeds, without effect, over an unlisted reservation.
   *
   * @throws Refusal ERROR_SHARING_VIOLATION (32) where a port is in use or reserved.
   */
  addExcludedPortRange(block: PortBlock): void {
    const ports = checkBlock(block);
    const pool = this.#state.pools[ports.protocol];
    if (pool.isBound(ports)) throw new Refusal(errorCodes.ERROR_SHARING_VIOLATION.errorNumber);
    if (pool.reservationOver(ports) !== undefined) throw new Refusal(this.assumptions.excludeOverReservation);
    this.#state.addReservation({ ...ports, kind: 'administered', token: undefined });
  }

  /**
   * `netsh int ipv4 delete excludedportrange`: the very range that was added.
   *
   * @throws Refusal ERROR_NOT_FOUND (1168) where no range has exactly these ports, ERROR_ACCESS_DENIED (5) where an
   *   administrator did not exclude it.
   */
  deleteExcludedPortRange(block: PortBlock): void {
    const ports = checkBlock(block);
    const { assumptions } = this;
    const reservation = this.#state.pools[ports.protocol].reservationOf(ports);
    if (reservation === undefined) throw new Refusal(assumptions.deleteUnknownExclusion);
    const isDeletable =
      reservation.kind === 'administered' ||
      (reservation.kind === 'persistent' && assumptions.netshDeletesPersistentReservation);
    if (!isDeletable) throw new Refusal(assumptions.deleteUnstarredExclusion);
    this.#state.endReservation(reservation, assumptions.boundSocketsSurviveDelete);
  }

  /**
   * Reserves ports for a part of Windows, as WinNAT, HNS and http.sys do: listed without a star, refused to every
   * socket, gone after a restart.
   *
   * @throws Refusal ERROR_SHARING_VIOLATION (32) where a port is in use or reserved.
   */
  addForeignReservation(block: PortBlock): void {
    const ports = this.#checkFree(block);
    this.#state.addReservation({ ...ports, kind: 'foreign' });
  }

  /**
   * Frees what {@link SimulatedWindows.addForeignReservation} reserved, as `net stop winnat` does.
   *
   * @throws Refusal ERROR_NOT_FOUND (1168) where no foreign reservation has exactly these ports.
   */
  deleteForeignReservation(block: PortBlock): void {
    const ports = checkBlock(block);
    const reservation = this.#state.pools[ports.protocol].reservationOf(ports);
    if (reservation?.kind !== 'foreign') throw new Refusal(errorCodes.ERROR_NOT_FOUND.errorNumber);
    this.#state.endReservation(reservation, true);
  }

  /**
   * Reserves ports the way WSL mirrored networking does: refused to every socket, in no list, gone after a restart.
   *
   * @param errorNumber what a bind gets: 10013 and 10048 were both seen.
   * @throws Refusal ERROR_SHARING_VIOLATION (32) where a port is in use or reserved.
   */
  addUnlistedReservation(block: PortBlock, errorNumber: number): void {
    if (!Number.isInteger(errorNumber) || errorNumber < 1) throw new RangeError(`${errorNumber} is no error number`);
    const ports = this.#checkFree(block);
    this.#state.pools[ports.protocol].addUnlisted({ ...ports, errorNumber });
  }

  /**
   * Frees what {@link SimulatedWindows.addUnlistedReservation} reserved, as `wsl --shutdown` does.
   *
   * @throws Refusal ERROR_NOT_FOUND (1168) where no unlisted reservation has exactly these ports.
   */
  deleteUnlistedReservation(block: PortBlock): void {
    const ports = checkBlock(block);
    const pool = this.#state.pools[ports.protocol];
    const unlisted = pool.unlistedOf(ports);
    if (unlisted === undefined) throw new Refusal(errorCodes.ERROR_NOT_FOUND.errorNumber);
    pool.deleteUnlisted(unlisted);
  }

  /** The rows that `netsh int ipv4 show excludedportrange` prints, and ipv6 too: ascending, never overlapping. */
  excludedPortRanges(protocol: Protocol): ExcludedPortRangeRow[] {
    return this.#state.pools[protocol]
      .reservations()
      .filter((reservation) => isListed(reservation, this.assumptions))
      .map((reservation) => ({
        protocol,
        startPort: reservation.startPort,
        numberOfPorts: reservation.numberOfPorts,
        endPort: endOf(reservation) - 1,
        administered: hasStar(reservation, this.assumptions),
        kind: reservation.kind,
      }));
  }

  /** What no call of Windows lists: every persistent reservation with its present token, by ascending ports. */
  persistentReservations(protocol: Protocol): PersistentReservationRow[] {
    return this.#state.pools[protocol]
      .persistentReservations()
      .map(({ startPort, numberOfPorts, token }) => withJson({ protocol, startPort, numberOfPorts, token }));
  }

  /**
   * The rows of GetExtendedTcpTable or GetExtendedUdpTable: one for each address that a socket is bound to.
   *
   * @param port leaves out those of other ports.
   */
  portOwners(protocol: Protocol, port?: number): BoundSocketRow[] {
    return portOwnersOf(this.#state, protocol, port);
  }

  /**
   * HcnEnumerateGuestNetworkPortReservations: the unlisted reservations, where the assumptions have it so.
   *
   * @param process who asks.
   * @throws Refusal E_ACCESSDENIED (0x80070005) where the process is not elevated.
   */
  guestPortReservations({ elevated }: SimulatedProcess): PortBlock[] {
    if (!elevated) refuseUnlessSuccess(this.assumptions.guestPortReservationsUnelevated);
    if (!this.assumptions.guestPortReservationsAreEnumerated) return [];
    const blocks = Object.values(this.#state.pools).flatMap((pool) => pool.unlisted());
    return blocks.map(({ protocol, startPort, numberOfPorts }) => ({ protocol, startPort, numberOfPorts }));
  }

  /**
   * The tokens to issue next, before random ones: to see that a token is never rounded. One that is in use when its
   * turn comes is left out.
   *
   * @param tokens 1 to 2 ** 64 - 1 each; 0 is INVALID_PORT_RESERVATION_TOKEN.
   * @throws RangeError for others.
   */
  useTokens(...tokens: bigint[]): void {
    for (const token of tokens) {
      if (token < 1n || token >= 2n ** 64n) throw new RangeError(`${token} is not a token: expected 1 to 2 ** 64 - 1`);
    }
    this.#state.nextTokens.push(...tokens);
  }

  /**
   * Makes the next calls of this name fail, before they reach the rules.
   *
   * @param call the name as CallFailure has it, for example `bind`.
   * @param errorNumber 1 or above.
   * @param times how many calls, 1 or above.
   */
  failNext(call: string, errorNumber: number, times = 1): void {
    this.#state.failures.add(call, errorNumber, times);
  }

  /**
   * Makes the next calls of this name take their time.
   *
   * @param call the name as CallFailure has it, for example `bind`.
   * @param milliseconds 1 or above.
   * @param times how many calls, 1 or above.
   */
  delayNext(call: string, milliseconds: number, times = 1): void {
    this.#state.delays.add(call, milliseconds, times);
  }

  /** For adapters, once per call: the error number that {@link SimulatedWindows.failNext} planned for it. */
  takeFailure(call: string): number | undefined {
    return this.#state.failures.take(call);
  }

  /** For adapters, once per call: the milliseconds that {@link SimulatedWindows.delayNext} planned for it, or 0. */
  takeDelay(call: string): number {
    return this.#state.delays.take(call) ?? 0;
  }

  #checkFree(block: PortBlock): PortBlock {
    const ports = checkBlock(block);
    if (this.#state.pools[ports.protocol].isTaken(ports)) {
      throw new Refusal(errorCodes.ERROR_SHARING_VIOLATION.errorNumber);
    }
    return ports;
  }
}

/** Copies the block without what else the caller's object may hold. */
function checkBlock(given: PortBlock): PortBlock {
  const block = take('block', given, ['protocol', 'startPort', 'numberOfPorts']) as unknown as PortBlock;
  checkProtocol('block.protocol', block.protocol);
  if (!isPortRange(block)) {
    throw new RangeError(`${block.numberOfPorts} ports from ${block.startPort}: expected ports between 1 and 65535`);
  }
  return block;
}
