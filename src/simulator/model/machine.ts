// SPDX-License-Identifier: MIT
import { take } from '../../common/arguments.js';
import { errorCodes } from '../../common/error-codes.js';
import { withJson } from '../../common/json.js';
import type { PortBlock, PortRange, Protocol } from '../../common/ports.js';
import type { Assumptions } from './assumptions.js';
import { checkBlock, checkFree } from './check-block.js';
import type { SimulatedDocker } from './docker.js';
import type { SimulatedHttpSys } from './http-sys.js';
import { processOptionNames, type ProcessOptions, startProcess } from './machine-processes.js';
import { MachineChanges } from './machine-changes.js';
import { type HostPorts, type MachineOptions, MachineState } from './machine-state.js';
import { addExclusion, deleteExclusion } from './exclusions.js';
import { listRows, type ExcludedPortRangeRow } from './listing.js';
import { SimulatedProcess } from './process.js';
import type { SimulatedProcesses } from './processes.js';
import { type BoundSocketRow, portOwnersOf } from './port-owners.js';
import { Refusal, refuseUnlessSuccess } from './refusal.js';
import type { SimulatedRegistry } from './registry.js';
import { restoreMachine, type SavedMachine, saveMachine } from './saved-machine.js';
import type { SimulatedServices } from './services.js';
import { Steering } from './steering.js';
import { Surroundings } from './surroundings.js';
import type { SimulatedWinNat } from './win-nat.js';
import type { SimulatedWsl } from './wsl.js';

export interface PersistentReservationRow extends PortBlock {
  readonly token: bigint;
}

/**
 * Models a machine that reserves ports by the rules of Windows, without sockets or timers of its own. The rules come
 * from public evidence; where there is none, the model uses its {@link Assumptions}.
 *
 * Blocks with ports outside 1 to 65535 throw a RangeError. A Refusal carries the error number that Windows would give.
 */
export class SimulatedWindows extends Steering {
  #state: MachineState;
  #around: Surroundings;

  /** @throws RangeError for a dynamic range that is no block, and for unknown assumptions or values. */
  constructor(options: MachineOptions = {}) {
    super();
    this.#state = new MachineState(options);
    this.#around = new Surroundings(this.#state);
  }

  /** Restores a machine that {@link SimulatedWindows.save} saved, with its running processes and their sockets. */
  static restore(saved: SavedMachine): SimulatedWindows {
    const machine = new SimulatedWindows();
    machine.#state = restoreMachine(saved);
    machine.#around = new Surroundings(machine.#state);
    machine.#around.restore(saved.surroundings);
    return machine;
  }

  /**
   * Returns the whole state as a plain object that JSON can hold without loss, for {@link SimulatedWindows.restore}.
   */
  save(): SavedMachine {
    return { ...saveMachine(this.#state), surroundings: this.#around.save() };
  }

  /** Follows the changes of this machine from now on. @internal */
  followChanges(): MachineChanges {
    return new MachineChanges(this.#state, this.#around);
  }

  /** The Service Control Manager. */
  get services(): SimulatedServices {
    return this.#around.services;
  }

  /** The blocks that WinNAT reserves for Hyper-V, WSL and containers. */
  get winNat(): SimulatedWinNat {
    return this.#around.winNat;
  }

  /** The ports of IIS and of other programs that listen through the kernel. */
  get httpSys(): SimulatedHttpSys {
    return this.#around.httpSys;
  }

  /** Docker Desktop and its containers. */
  get docker(): SimulatedDocker {
    return this.#around.docker;
  }

  /** WSL 2 and its distributions. */
  get wsl(): SimulatedWsl {
    return this.#around.wsl;
  }

  /** The processes, with what Windows tells about each. */
  get processes(): SimulatedProcesses {
    return this.#around.processes;
  }

  /** The numbers of the registry. */
  get registry(): SimulatedRegistry {
    return this.#around.registry;
  }

  /** The range that Windows chooses TCP ports from, for a bind to port 0 and for a block without a start port. */
  get dynamicRange(): PortRange {
    return this.dynamicRangeOf('tcp');
  }

  /** Gives the range that Windows chooses ports of a protocol from. */
  dynamicRangeOf(protocol: Protocol): PortRange {
    return this.#state.pools[protocol].dynamicRange;
  }

  /** `netsh int ipv4 set dynamicport`: takes effect at once, for both families. */
  setDynamicRange(block: PortBlock): void {
    const { protocol, ...range } = checkBlock(block);
    this.#state.setRanges[protocol] = range;
    this.#state.pools[protocol].dynamicRange = range;
  }

  /** The assumptions that this machine uses. */
  get assumptions(): Assumptions {
    return this.#state.assumptions;
  }

  /** The ports of the host that the sockets get. */
  get hostPorts(): HostPorts {
    return this.#state.hostPorts;
  }

  /** Starts a process. */
  startProcess(options: ProcessOptions = {}): SimulatedProcess {
    const given = take('options', options, processOptionNames) as ProcessOptions;
    return new SimulatedProcess(this.#state, startProcess(this.#state, given));
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
   * administered exclusions stay, but every persistent token changes. WinNAT and other services that run by
   * themselves start again, WSL and Docker do not. `MaxUserPort` in the registry widens the dynamic range.
   */
  restart(): void {
    this.#state.restart();
    this.#around.restart();
  }

  /**
   * Excludes ports, as `netsh int ipv4 add excludedportrange` does: Windows no longer chooses these ports, and no
   * program can reserve them, but any socket may still bind to one by number. Over an unlisted reservation it succeeds
   * without effect.
   *
   * @param store - `active`: only until the next restart.
   * @throws Refusal ERROR_SHARING_VIOLATION (32) if a port is in use or reserved.
   */
  addExcludedPortRange(block: PortBlock, store: 'active' | 'persistent' = 'persistent'): void {
    addExclusion(this.#state, block, store);
  }

  /**
   * Deletes an exclusion with exactly these ports, as `netsh int ipv4 delete excludedportrange` does.
   *
   * @param store - `active`: only until the next restart, if it is in the persistent store too.
   * @throws Refusal ERROR_NOT_FOUND (1168) if no range has exactly these ports, ERROR_ACCESS_DENIED (5) if the range
   * was not excluded by an administrator.
   */
  deleteExcludedPortRange(block: PortBlock, store: 'active' | 'persistent' = 'persistent'): void {
    deleteExclusion(this.#state, block, store);
  }

  /**
   * Reserves ports as the parts of Windows WinNAT, HNS and http.sys do: netsh lists them without a star, every bind is
   * refused, and a restart frees them.
   *
   * @throws Refusal ERROR_SHARING_VIOLATION (32) if a port is in use or reserved.
   */
  addForeignReservation(block: PortBlock): void {
    const ports = checkFree(this.#state, block);
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
    const ports = checkFree(this.#state, block);
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
   *
   * @param store - `persistent`: those that apply after a restart.
   */
  excludedPortRanges(protocol: Protocol, store: 'active' | 'persistent' = 'active'): ExcludedPortRangeRow[] {
    return listRows(this.#state, protocol, store);
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

  /** @internal */
  protected override get plans(): MachineState {
    return this.#state;
  }
}
