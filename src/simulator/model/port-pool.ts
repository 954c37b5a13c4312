// SPDX-License-Identifier: MIT
import { contains } from '../../common/port-ranges.js';
import type { PortRange } from '../../common/ports.js';
import { BlockIndex } from './block-index.js';
import { FreeRuns } from './free-runs.js';
import { endOf, onePort } from './port-range.js';
import {
  isPersistent,
  type BoundTo,
  type PersistentReservation,
  type Reservation,
  type UnlistedReservation,
} from './records.js';

/** Keeps the reservations and the bound ports of one protocol. */
export class PortPool {
  /** The port of the dynamic range to choose next. */
  nextDynamicPort: number;
  #dynamicRange: PortRange;
  /** Reservations and unlisted reservations, for those who follow their changes. Only the pool adds and deletes. */
  readonly blocks = { listed: new BlockIndex<Reservation>(), unlisted: new BlockIndex<UnlistedReservation>() };
  readonly #persistent = new BlockIndex<PersistentReservation>();
  /** Ports to which no socket is bound are free here. */
  readonly #bound = new FreeRuns();
  /** Ports that are neither bound nor reserved are free here. */
  readonly #taken = new FreeRuns();
  /**
   * Ports that Windows may choose for a socket are free here. It is the same object as `#taken` if Windows never
   * chooses a reserved port.
   */
  readonly #avoided: FreeRuns;
  /** The distinct sets in which a bound port is not free. */
  readonly #takenByBound: ReadonlySet<FreeRuns>;
  /**
   * The number of bound sockets at each address, by port. A port without sockets stays as undefined, as in BlockIndex.
   */
  readonly #addresses = new Map<number, Map<string, number> | undefined>();

  /** @param skipsReservations - Whether Windows never chooses a port of a foreign, runtime or unlisted reservation. */
  constructor(dynamicRange: PortRange, skipsReservations = true) {
    this.#dynamicRange = dynamicRange;
    this.nextDynamicPort = dynamicRange.startPort;
    this.#avoided = skipsReservations ? this.#taken : new FreeRuns();
    this.#takenByBound = new Set([this.#bound, this.#taken, this.#avoided]);
  }

  /** The range that Windows chooses ports from. */
  get dynamicRange(): PortRange {
    return this.#dynamicRange;
  }

  set dynamicRange(range: PortRange) {
    this.#dynamicRange = range;
    if (!contains(range, this.nextDynamicPort)) this.nextDynamicPort = range.startPort;
  }

  /** Adds a reservation, whose ports must not be reserved. */
  addReservation(reservation: Reservation): void {
    this.blocks.listed.add(reservation);
    if (reservation.kind === 'persistent') this.#persistent.add(reservation);
    for (const runs of this.#takenBy(reservation)) runs.take(reservation);
  }

  deleteReservation(reservation: Reservation): void {
    this.blocks.listed.delete(reservation);
    if (reservation.kind === 'persistent') this.#persistent.delete(reservation);
    for (const runs of this.#takenBy(reservation)) runs.giveBack(reservation);
  }

  reservationAt(port: number): Reservation | undefined {
    return this.blocks.listed.findAt(port);
  }

  reservationOver(range: PortRange): Reservation | undefined {
    return this.blocks.listed.findOverlap(range);
  }

  /** Finds the reservation with exactly this start port and number of ports. */
  reservationOf(range: PortRange): Reservation | undefined {
    return this.blocks.listed.findExact(range);
  }

  /** By ascending ports. */
  reservations(): Reservation[] {
    return this.blocks.listed.list();
  }

  /** By ascending ports. */
  persistentReservations(): PersistentReservation[] {
    return this.#persistent.list();
  }

  /** Adds an unlisted reservation, which must not overlap another one. */
  addUnlisted(reservation: UnlistedReservation): void {
    this.blocks.unlisted.add(reservation);
    this.#taken.take(reservation);
  }

  deleteUnlisted(reservation: UnlistedReservation): void {
    this.blocks.unlisted.delete(reservation);
    this.#taken.giveBack(reservation);
  }

  unlistedAt(port: number): UnlistedReservation | undefined {
    return this.blocks.unlisted.findAt(port);
  }

  unlistedOver(range: PortRange): UnlistedReservation | undefined {
    return this.blocks.unlisted.findOverlap(range);
  }

  unlistedOf(range: PortRange): UnlistedReservation | undefined {
    return this.blocks.unlisted.findExact(range);
  }

  unlisted(): UnlistedReservation[] {
    return this.blocks.unlisted.list();
  }

  /** Records a bound socket. Several sockets may be bound to one port, at different addresses. */
  bind({ port, addresses }: BoundTo): void {
    for (const runs of this.#takenByBound) runs.take(onePort(port));
    const counts = this.#addresses.get(port) ?? new Map<string, number>();
    for (const address of addresses) counts.set(address, (counts.get(address) ?? 0) + 1);
    this.#addresses.set(port, counts);
  }

  /** Undoes the `bind` with the same port and addresses. */
  unbind({ port, addresses }: BoundTo): void {
    for (const runs of this.#takenByBound) runs.giveBack(onePort(port));
    const counts = this.#addresses.get(port);
    for (const address of addresses) counts?.set(address, (counts.get(address) ?? 0) - 1);
    if (!this.isBound(onePort(port))) this.#addresses.set(port, undefined);
  }

  /**
   * Tells whether a socket is bound to the port at one of the addresses.
   *
   * @param wildcardsCoexist - Whether a socket at all addresses of a family and one at a single address can share the
   * port.
   */
  isAddressInUse({ port, addresses }: BoundTo, wildcardsCoexist = true): boolean {
    const counts = this.#addresses.get(port);
    const taken = [...(counts ?? [])].filter(([, count]) => count > 0).map(([address]) => address);
    return addresses.some((address) =>
      taken.some((other) => address === other || (!wildcardsCoexist && isWildcardOver(address, other))),
    );
  }

  /** Tells whether a socket is bound to a port of the range. */
  isBound(range: PortRange): boolean {
    return !this.#bound.isFree(range);
  }

  /** Tells whether a port of the range is reserved or bound. */
  isTaken(range: PortRange): boolean {
    return !this.#taken.isFree(range);
  }

  /** Finds the first port of the range that no socket is bound to, reserved or not. */
  findUnbound(range: PortRange): number | undefined {
    return this.#bound.find(1, range);
  }

  /**
   * Finds the first port of the range that Windows may choose for a socket: it is not bound, not excluded and not in a
   * persistent reservation, nor in any other reservation if Windows skips those too.
   */
  findChoosable(range: PortRange): number | undefined {
    return this.#avoided.find(1, range);
  }

  /** Finds a run inside `within` in which no port is reserved or bound, from the port `from` on, then before it. */
  findFreeRun(numberOfPorts: number, within: PortRange, from: number): number | undefined {
    return this.#taken.find(numberOfPorts, within, from);
  }

  /** Finds the next run of the dynamic range in which no port is reserved or bound. */
  findDynamicRun(numberOfPorts: number): number | undefined {
    return this.#taken.find(numberOfPorts, this.dynamicRange, this.nextDynamicPort);
  }

  /**
   * Gives the turn to the port after `range`, which lies in the dynamic range, so that no port is chosen twice in a
   * row.
   */
  passTurn(range: PortRange): void {
    const next = endOf(range);
    this.nextDynamicPort = next < endOf(this.dynamicRange) ? next : this.dynamicRange.startPort;
  }

  #takenBy(reservation: Reservation): ReadonlySet<FreeRuns> {
    return new Set(isPersistent(reservation, true) ? [this.#taken, this.#avoided] : [this.#taken]);
  }
}

/** Tells whether both addresses are of one family and at least one of them is its wildcard. */
function isWildcardOver(one: string, other: string): boolean {
  return (
    one.includes(':') === other.includes(':') &&
    [one, other].some((address) => address === '::' || address === '0.0.0.0')
  );
}
