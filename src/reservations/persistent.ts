// SPDX-License-Identifier: MIT
import { take, takeBlock } from '../common/arguments.js';
import { hasCode, packageError } from '../common/errors.js';
import { withoutReservation, type PortableOptions } from './portable.js';
import { fieldsForJson } from '../common/json.js';
import { persistentCalls } from '../calls/persistent-calls.js';
import { portsText } from '../common/port-ranges.js';
import type { ExcludedPortRange, PortBlock, Protocol } from '../common/ports.js';
import { hold, type Holdable, type ReservationToken } from '../sockets/reservation-token.js';

const created = new WeakSet<PersistentPortReservation>();

/** Tells whether the object comes from `create`, or from an `ensure` that found no reservation. */
export function wasCreated(reservation: PersistentPortReservation): boolean {
  return created.has(reservation);
}

/**
 * A block of ports that Windows reserves across restarts until it is deleted. Any process can look up its token; only
 * an elevated process can bind inside the block.
 *
 * @example
 * // At each start of the service, elevated:
 * const reservation = await PersistentPortReservation.ensure({ protocol: 'tcp', startPort: 5000, numberOfPorts: 20 });
 * await listen(server, reservation, { port: 5000 });
 */
export class PersistentPortReservation<P extends Protocol = Protocol>
  implements PortBlock<P>, ReservationToken<P>, Holdable
{
  readonly protocol: P;
  readonly startPort: number;
  readonly numberOfPorts: number;
  /** Valid until the next restart of Windows, so never store it. 0n if `reserved` is false. */
  readonly token: bigint;
  /** False if the platform has no reservations and `portable` was set. */
  readonly reserved: boolean;
  #deleted = false;
  #deleting: Promise<void> | undefined;

  private constructor({ protocol, startPort, numberOfPorts }: PortBlock<P>, token: bigint, reserved = true) {
    this.protocol = protocol;
    this.startPort = startPort;
    this.numberOfPorts = numberOfPorts;
    this.token = token;
    this.reserved = reserved;
  }

  /**
   * Reserves a block that is not reserved yet.
   *
   * Needs an elevated process. Calls `CreatePersistentTcpPortReservation` and its UDP twin.
   *
   * @param block - `protocol` 'tcp' or 'udp'; `startPort` 1 to 65535, host byte order; `numberOfPorts` 1 to 65535.
   * @returns The reservation, with its token.
   * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE`: the block is wrong; Windows was not asked.
   * @throws {@link PortReservationError} `ERROR_ACCESS_DENIED`, `ERROR_SHARING_VIOLATION` with `blocks`, the listed
   * ranges that overlap; `ERROR_INVALID_PARAMETER`, `ERR_UNSUPPORTED_PLATFORM`, `ERR_ADDON_NOT_LOADED`.
   * @example
   * const reservation = await PersistentPortReservation.create({ protocol: 'udp', startPort: 27015, numberOfPorts: 4 });
   */
  static async create<P extends Protocol>(block: PortBlock<P>): Promise<PersistentPortReservation<P>> {
    return this.#create(takeBlock<P>('block', block));
  }

  static async #create<P extends Protocol>(block: PortBlock<P>): Promise<PersistentPortReservation<P>> {
    const token = await persistentCalls[block.protocol].create(block.startPort, block.numberOfPorts);
    const reservation = new PersistentPortReservation(block, token);
    created.add(reservation);
    return reservation;
  }

  /**
   * Finds the reservation that was created with exactly this start port and number of ports.
   *
   * Needs no elevation, though binding inside it does. Calls `LookupPersistentTcpPortReservation` and its UDP twin.
   *
   * @param block - `protocol` 'tcp' or 'udp'; `startPort` and `numberOfPorts` 1 to 65535, as when it was created.
   * @returns The reservation, with the token that it has until the next restart of Windows.
   * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE`: the block is wrong; Windows was not asked.
   * @throws {@link PortReservationError} `ERROR_NOT_FOUND`, `ERROR_INVALID_PARAMETER`, `ERR_UNSUPPORTED_PLATFORM`,
   * `ERR_ADDON_NOT_LOADED`.
   * @example
   * const reservation = await PersistentPortReservation.lookup({ protocol: 'tcp', startPort: 5000, numberOfPorts: 20 });
   */
  static async lookup<P extends Protocol>(block: PortBlock<P>): Promise<PersistentPortReservation<P>> {
    return this.#lookup(takeBlock<P>('block', block));
  }

  static async #lookup<P extends Protocol>(block: PortBlock<P>): Promise<PersistentPortReservation<P>> {
    const token = await persistentCalls[block.protocol].lookup(block.startPort, block.numberOfPorts);
    return new PersistentPortReservation(block, token);
  }

  /**
   * Finds the reservation, or creates it. A service calls this at every start; several processes may call it at once.
   *
   * Needs an elevated process only to create the reservation. Calls `LookupPersistentTcpPortReservation` and
   * `CreatePersistentTcpPortReservation`, and their UDP twins.
   *
   * @param block - `protocol` 'tcp' or 'udp'; `startPort` 1 to 65535, host byte order; `numberOfPorts` 1 to 65535.
   * @param options - `portable`: on a platform without reservations, go on without one and emit a process warning;
   * default false.
   * @returns The reservation, found or created; `reserved` is false if the platform has no reservations.
   * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE`: the block is wrong; Windows was not asked.
   * @throws {@link PortReservationError} `ERROR_SHARING_VIOLATION`: another reservation overlaps the block, and
   * `blocks` names the listed ones; or a port of the block is in use or reserved without being listed, and `blocks` is
   * empty. `ERROR_ACCESS_DENIED`: the reservation does not exist and the process is not elevated.
   * `ERROR_INVALID_PARAMETER`, `ERR_UNSUPPORTED_PLATFORM`, `ERR_ADDON_NOT_LOADED`.
   * @example
   * const reservation = await PersistentPortReservation.ensure({ protocol: 'tcp', startPort: 5000, numberOfPorts: 20 });
   */
  static async ensure<P extends Protocol>(
    block: PortBlock<P>,
    options: PortableOptions = {},
  ): Promise<PersistentPortReservation<P>> {
    const wanted = takeBlock<P>('block', block);
    const { portable } = take('options', options, ['portable']);
    if (withoutReservation(portable, wanted)) return new PersistentPortReservation(wanted, 0n, false);
    const found = await this.#find(wanted);
    return found ?? (await this.#createOrFind(wanted, 2));
  }

  /**
   * Creates the block, or finds it if another process of the service created it meanwhile. Another process may also
   * delete it between the two, so the number of tries is limited.
   */
  static async #createOrFind<P extends Protocol>(
    block: PortBlock<P>,
    tries: number,
  ): Promise<PersistentPortReservation<P>> {
    try {
      return await this.#create(block);
    } catch (error) {
      if (!hasCode(error, 'ERROR_SHARING_VIOLATION')) throw error;
      const found = await this.#find(block);
      if (found) return found;
      if (tries <= 1 || error.blocks?.some((range) => isBlock(range, block)) !== true) throw error;
      return this.#createOrFind(block, tries - 1);
    }
  }

  static async #find<P extends Protocol>(block: PortBlock<P>): Promise<PersistentPortReservation<P> | undefined> {
    try {
      return await this.#lookup(block);
    } catch (error) {
      if (hasCode(error, 'ERROR_NOT_FOUND')) return undefined;
      throw error;
    }
  }

  /**
   * Deletes the reservation. Sockets that are bound inside it stay bound. Concurrent calls share one deletion; after a
   * failure, another call tries again.
   *
   * Needs an elevated process. Calls `DeletePersistentTcpPortReservation` and its UDP twin.
   *
   * @throws {@link PortReservationError} `ERR_RESERVATION_DELETED`: this object already deleted it. `ERROR_NOT_FOUND`:
   * another process or object deleted it. `ERROR_ACCESS_DENIED`, `ERROR_INVALID_PARAMETER`.
   * @example
   * await reservation.delete();
   */
  async delete(): Promise<void> {
    this.#checkNotDeleted();
    this.#deleting ??= this.#delete().finally(() => {
      this.#deleting = undefined;
    });
    await this.#deleting;
  }

  async #delete(): Promise<void> {
    if (this.reserved) await persistentCalls[this.protocol].delete(this.startPort, this.numberOfPorts);
    this.#deleted = true;
  }

  /**
   * Returns the value that `JSON.stringify` writes: the block, `reserved`, and the token as a decimal string, because
   * JSON has no bigints. It is meant for logs: never store the token, because it changes when Windows restarts. It does
   * not ask Windows.
   *
   * @returns A plain object.
   * @throws Nothing.
   * @example
   * console.log(JSON.stringify(reservation)); // {"protocol":"tcp","startPort":5000,"numberOfPorts":20,"token":"93...",...}
   */
  toJSON(): Record<string, unknown> {
    return fieldsForJson(this);
  }

  /** @internal */
  [hold](): () => void {
    this.#checkNotDeleted();
    return () => undefined;
  }

  #checkNotDeleted(): void {
    const { protocol, startPort, numberOfPorts } = this;
    if (!this.#deleted) return;
    throw packageError('ERR_RESERVATION_DELETED', `Call ensure() to create ${protocol} ${portsText(this)} again.`, {
      protocol,
      startPort,
      numberOfPorts,
    });
  }
}

function isBlock(range: ExcludedPortRange, { startPort, numberOfPorts }: PortBlock): boolean {
  return range.startPort === startPort && range.numberOfPorts === numberOfPorts;
}
