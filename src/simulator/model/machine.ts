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

/**
 * A row of `netsh int ipv4 show excludedportrange`, with the kind of reservation behind it, which netsh does not show.
 */
export interface ExcludedPortRangeRow extends ExcludedPortRange {
  readonly kind: ReservationKind;
}

export interface PersistentReservationRow extends PortBlock {
  readonly token: bigint;
}

/** Configures a process. */
export interface ProcessOptions {
  /** Whether the process is elevated, as an administrator's shell is. Default true. */
  readonly elevated?: boolean;
  /** The pid that {@link SimulatedWindows.portOwners} reports; default a number that the machine chooses. */
  readonly processId?: number;
  /** The file name of its program; default `program.exe`. */
  readonly imageName?: string;
}

/**
 * Models a machine that reserves ports by the rules of Windows, without sockets or timers of its own. The rules come
 * from public evidence; where there is none, the model uses its {@link Assumptions}.
 *
 * Blocks with ports outside 1 to 65535 throw a RangeError. A Refusal carries the error number that Windows would give.
 */
export class SimulatedWindows {
  #state: MachineState;

  /** @throws RangeError for a dynamic range that is no block, and for unknown assumptions or values. */
  constructor(options: MachineOptions = {}) {
    this.#state = new MachineState(options);
  }

  /** Restores a machine that {@link SimulatedWindows.save} saved, with its running processes and their sockets. */
  static restore(saved: SavedMachine): SimulatedWindows {
    const machine = new SimulatedWindows();
    machine.#state = restoreMachine(saved);
    return machine;
  }

  /**
   * Returns the whole state as a plain object that JSON can hold without loss, for {@link SimulatedWindows.restore}.
   */
  save(): SavedMachine {
    return saveMachine(this.#state);
  }

  /** The range that Windows chooses ports from, for a bind to port 0 and for a block without a start port. */
  get dynamicRange(): PortRange {
    return this.#state.dynamicRange;
  }

  /** The assumptions that this machine uses. */
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
   * Finds the running process with this id.
   *
   * @throws RangeError if there is none.
   */
  process(id: number): SimulatedProcess {
    return new SimulatedProcess(this.#state, id);
  }

  /** Tells whether a process with this id is running. */
  isRunning(id: number): boolean {
    return this.#state.processes.has(id);
  }

  /**
   * Restarts Windows. Processes end, and runtime, foreign and unlisted reservations vanish. Persistent reservations and
   * administered exclusions stay, but every persistent token changes.
   */
  restart(): void {
    this.#state.restart();
  }

  /**
   * Excludes ports, as `netsh int ipv4 add excludedportrange` does: Windows no longer chooses these ports, and no
   * program can reserve them, but any socket may still bind to one by number. Over an unlisted reservation it succeeds
   * without effect.
   *
   * @throws Refusal ERROR_SHARING_VIOLATION (32) if a port is in use or reserved.
   */
  addExcludedPortRange(block: PortBlock): void {
    const ports = checkBlock(block);
    const pool = this.#state.pools[ports.protocol];
    if (pool.isBound(ports)) throw new Refusal(errorCodes.ERROR_SHARING_VIOLATION.errorNumber);
    if (pool.reservationOver(ports) !== undefined) throw new Refusal(this.assumptions.excludeOverReservation);
    this.#state.addReservation({ ...ports, kind: 'administered', token: undefined });
  }

  /**
   * Deletes an exclusion with exactly these ports, as `netsh int ipv4 delete excludedportrange` does.
   *
   * @throws Refusal ERROR_NOT_FOUND (1168) if no range has exactly these ports, ERROR_ACCESS_DENIED (5) if the range
   * was not excluded by an administrator.
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
   * Reserves ports as the parts of Windows WinNAT, HNS and http.sys do: netsh lists them without a star, every bind is
   * refused, and a restart frees them.
   *
   * @throws Refusal ERROR_SHARING_VIOLATION (32) if a port is in use or reserved.
   */
  addForeignReservation(block: PortBlock): void {
    const ports = this.#checkFree(block);
    this.#state.addReservation({ ...ports, kind: 'foreign' });
  }

  /**
   * Frees a block of {@link SimulatedWindows.addForeignReservation}, as `net stop winnat` does.
   *
   * @throws Refusal ERROR_NOT_FOUND (1168) if no foreign reservation has exactly these ports.
   */
  deleteForeignReservation(block: PortBlock): void {
    const ports = checkBlock(block);
    const reservation = this.#state.pools[ports.protocol].reservationOf(ports);
    if (reservation?.kind !== 'foreign') throw new Refusal(errorCodes.ERROR_NOT_FOUND.errorNumber);
    this.#state.endReservation(reservation, true);
  }

  /**
   * Reserves ports as WSL with mirrored networking does: every bind is refused, no list shows the ports, and a restart
   * frees them.
   *
   * @param errorNumber the error of a bind: both 10013 and 10048 have been reported.
   * @throws Refusal ERROR_SHARING_VIOLATION (32) if a port is in use or reserved.
   */
  addUnlistedReservation(block: PortBlock, errorNumber: number): void {
    if (!Number.isInteger(errorNumber) || errorNumber < 1)
      throw new RangeError(`${errorNumber} is not an error number`);
    const ports = this.#checkFree(block);
    this.#state.pools[ports.protocol].addUnlisted({ ...ports, errorNumber });
  }

  /**
   * Frees a block of {@link SimulatedWindows.addUnlistedReservation}, as `wsl --shutdown` does.
   *
   * @throws Refusal ERROR_NOT_FOUND (1168) if no unlisted reservation has exactly these ports.
   */
  deleteUnlistedReservation(block: PortBlock): void {
    const ports = checkBlock(block);
    const pool = this.#state.pools[ports.protocol];
    const unlisted = pool.unlistedOf(ports);
    if (unlisted === undefined) throw new Refusal(errorCodes.ERROR_NOT_FOUND.errorNumber);
    pool.deleteUnlisted(unlisted);
  }

  /**
   * Returns the rows that `netsh int ipv4 show excludedportrange` prints (and `netsh int ipv6` too): ascending, never
   * overlapping.
   */
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

  /** Lists every persistent reservation with its current token in ascending order, which no call of Windows does. */
  persistentReservations(protocol: Protocol): PersistentReservationRow[] {
    return this.#state.pools[protocol]
      .persistentReservations()
      .map(({ startPort, numberOfPorts, token }) => withJson({ protocol, startPort, numberOfPorts, token }));
  }

  /**
   * Returns the rows of GetExtendedTcpTable or GetExtendedUdpTable: one for each address that a socket is bound to.
   *
   * @param port only the rows of this port; default all ports.
   */
  portOwners(protocol: Protocol, port?: number): BoundSocketRow[] {
    return portOwnersOf(this.#state, protocol, port);
  }

  /**
   * Returns the result of HcnEnumerateGuestNetworkPortReservations: the unlisted reservations, if the assumptions say
   * so.
   *
   * @param process the process that calls it.
   * @throws Refusal E_ACCESSDENIED (0x80070005) if the process is not elevated.
   */
  guestPortReservations({ elevated }: SimulatedProcess): PortBlock[] {
    if (!elevated) refuseUnlessSuccess(this.assumptions.guestPortReservationsUnelevated);
    if (!this.assumptions.guestPortReservationsAreEnumerated) return [];
    const blocks = Object.values(this.#state.pools).flatMap((pool) => pool.unlisted());
    return blocks.map(({ protocol, startPort, numberOfPorts }) => ({ protocol, startPort, numberOfPorts }));
  }

  /**
   * Sets the tokens to issue next, before random ones, for example to test that a program does not round them. A token
   * that is in use when its turn comes is skipped.
   *
   * @param tokens 1 to 2 ** 64 - 1 each; 0 is INVALID_PORT_RESERVATION_TOKEN.
   * @throws RangeError for other values.
   */
  useTokens(...tokens: bigint[]): void {
    for (const token of tokens) {
      if (token < 1n || token >= 2n ** 64n) throw new RangeError(`${token} is not a token: expected 1 to 2 ** 64 - 1`);
    }
    this.#state.nextTokens.push(...tokens);
  }

  /**
   * Makes the next calls with this name fail before any rule is applied.
   *
   * @param call the name as CallFailure has it, for example `bind`.
   * @param errorNumber 1 or above.
   * @param times how many calls, 1 or above.
   */
  failNext(call: string, errorNumber: number, times = 1): void {
    this.#state.failures.add(call, errorNumber, times);
  }

  /**
   * Delays the next calls with this name.
   *
   * @param call the name as CallFailure has it, for example `bind`.
   * @param milliseconds 1 or above.
   * @param times how many calls, 1 or above.
   */
  delayNext(call: string, milliseconds: number, times = 1): void {
    this.#state.delays.add(call, milliseconds, times);
  }

  /**
   * Takes the error number that {@link SimulatedWindows.failNext} planned for a call. Adapters call it once per call.
   */
  takeFailure(call: string): number | undefined {
    return this.#state.failures.take(call);
  }

  /**
   * Takes the milliseconds that {@link SimulatedWindows.delayNext} planned for a call, or 0. Adapters call it once per
   * call.
   */
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

/** Copies the block without other properties of the caller's object. */
function checkBlock(given: PortBlock): PortBlock {
  const block = take('block', given, ['protocol', 'startPort', 'numberOfPorts']) as unknown as PortBlock;
  checkProtocol('block.protocol', block.protocol);
  if (!isPortRange(block)) {
    throw new RangeError(`${block.numberOfPorts} ports from ${block.startPort}: expected ports between 1 and 65535`);
  }
  return block;
}
