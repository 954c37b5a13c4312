// SPDX-License-Identifier: MIT
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

/** The ports of one protocol: who reserved them, and which of them sockets are bound to. */
export class PortPool {
  /** Where Windows chooses ports from. */
  readonly dynamicRange: PortRange;
  /** The port of the dynamic range whose turn it is to be chosen. */
  nextDynamicPort: number;
  readonly #reservations = new BlockIndex<Reservation>();
  readonly #persistent = new BlockIndex<PersistentReservation>();
  readonly #unlisted = new BlockIndex<UnlistedReservation>();
  /** Free here: no socket is bound to the port. */
  readonly #bound = new FreeRuns();
  /** Free here: nor is the port reserved. */
  readonly #taken = new FreeRuns();
  /** Free here: Windows may choose the port for a socket. The same as `#taken` where it chooses no reserved port. */
  readonly #avoided: FreeRuns;
  /** Every one of them, each once, that has no free port where a socket is bound. */
  readonly #takenByBound: ReadonlySet<FreeRuns>;
  /** How many bound sockets have an address, by port; undefined rather than no entry, as in the index of blocks. */
  readonly #addresses = new Map<number, Map<string, number> | undefined>();

  /** @param skipsReservations - Whether Windows chooses no port of a foreign, a runtime or an unlisted reservation. */
  constructor(dynamicRange: PortRange, skipsReservations = true) {
    this.dynamicRange = dynamicRange;
    this.nextDynamicPort = dynamicRange.startPort;
    this.#avoided = skipsReservations ? this.#taken : new FreeRuns();
    this.#takenByBound = new Set([this.#bound, this.#taken, this.#avoided]);
  }

  /** The ports must not be reserved. */
  addReservation(reservation: Reservation): void {
    this.#reservations.add(reservation);
    if (reservation.kind === 'persistent') this.#persistent.add(reservation);
    for (const runs of this.#takenBy(reservation)) runs.take(reservation);
  }

  deleteReservation(reservation: Reservation): void {
    this.#reservations.delete(reservation);
    if (reservation.kind === 'persistent') this.#persistent.delete(reservation);
    for (const runs of this.#takenBy(reservation)) runs.giveBack(reservation);
  }

  reservationAt(port: number): Reservation | undefined {
    return this.#reservations.findAt(port);
  }

  reservationOver(range: PortRange): Reservation | undefined {
    return this.#reservations.findOverlap(range);
  }

  /** The reservation with this very start and number of ports. */
  reservationOf(range: PortRange): Reservation | undefined {
    return this.#reservations.findExact(range);
  }

  /** By ascending ports. */
  reservations(): Reservation[] {
    return this.#reservations.list();
  }

  /** By ascending ports. */
  persistentReservations(): PersistentReservation[] {
    return this.#persistent.list();
  }

  /** The ports must not be in another unlisted reservation. */
  addUnlisted(reservation: UnlistedReservation): void {
    this.#unlisted.add(reservation);
    this.#taken.take(reservation);
  }

  deleteUnlisted(reservation: UnlistedReservation): void {
    this.#unlisted.delete(reservation);
    this.#taken.giveBack(reservation);
  }

  unlistedAt(port: number): UnlistedReservation | undefined {
    return this.#unlisted.findAt(port);
  }

  unlistedOver(range: PortRange): UnlistedReservation | undefined {
    return this.#unlisted.findOverlap(range);
  }

  unlistedOf(range: PortRange): UnlistedReservation | undefined {
    return this.#unlisted.findExact(range);
  }

  unlisted(): UnlistedReservation[] {
    return this.#unlisted.list();
  }

  /** Several sockets may be bound to one port, at different addresses. */
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
   * Whether a socket is bound to the port at one of the addresses.
   *
   * @param wildcardsCoexist - Whether a socket at every address of a family is in the way of none at a single address.
   */
  isAddressInUse({ port, addresses }: BoundTo, wildcardsCoexist = true): boolean {
    const counts = this.#addresses.get(port);
    const taken = [...(counts ?? [])].filter(([, count]) => count > 0).map(([address]) => address);
    return addresses.some((address) =>
      taken.some((other) => address === other || (!wildcardsCoexist && isWildcardOver(address, other))),
    );
  }

  /** Whether a socket is bound to a port of the range. */
  isBound(range: PortRange): boolean {
    return !this.#bound.isFree(range);
  }

  /** Whether a port of the range is reserved by anybody, or a socket is bound to it. */
  isTaken(range: PortRange): boolean {
    return !this.#taken.isFree(range);
  }

  /** The first port of the range that no socket is bound to, reserved or not. */
  findUnbound(range: PortRange): number | undefined {
    return this.#bound.find(1, range);
  }

  /**
   * The first port of the range that Windows may choose for a socket: no other is bound to it, and it is neither in an
   * exclusion nor in a persistent reservation, nor in another one where Windows skips those too.
   */
  findChoosable(range: PortRange): number | undefined {
    return this.#avoided.find(1, range);
  }

  /** The start of a run of the dynamic range that is neither reserved nor bound to, the next one in turn. */
  findDynamicRun(numberOfPorts: number): number | undefined {
    return this.#taken.find(numberOfPorts, this.dynamicRange, this.nextDynamicPort);
  }

  /** Gives the turn to the port after `range`, which lies in the dynamic range: no port is chosen twice in a row. */
  passTurn(range: PortRange): void {
    const next = endOf(range);
    this.nextDynamicPort = next < endOf(this.dynamicRange) ? next : this.dynamicRange.startPort;
  }

  #takenBy(reservation: Reservation): ReadonlySet<FreeRuns> {
    return new Set(isPersistent(reservation, true) ? [this.#taken, this.#avoided] : [this.#taken]);
  }
}

/** Whether one of the addresses stands for every address of its family, and the other is of that family. */
function isWildcardOver(one: string, other: string): boolean {
  return (
    one.includes(':') === other.includes(':') &&
    [one, other].some((address) => address === '::' || address === '0.0.0.0')
  );
}
