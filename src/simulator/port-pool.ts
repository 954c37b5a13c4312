// SPDX-License-Identifier: MIT
import type { PortRange } from '../port-block.js';
import { BlockIndex } from './block-index.js';
import { FreeRuns } from './free-runs.js';
import { endOf, onePort } from './port-range.js';
import type { BoundTo, Reservation, UnlistedReservation } from './records.js';

const noAddresses: string[] = [];

/** The ports of one protocol: who reserved them, and which of them sockets are bound to. */
export class PortPool {
  /** Where Windows chooses ports from. */
  readonly dynamicRange: PortRange;
  /** The port of the dynamic range whose turn it is to be chosen. */
  nextDynamicPort: number;
  readonly #reservations = new BlockIndex<Reservation>();
  readonly #unlisted = new BlockIndex<UnlistedReservation>();
  /** Free here: no socket is bound to the port. */
  readonly #bound = new FreeRuns();
  /** Free here: nor is the port reserved. */
  readonly #taken = new FreeRuns();
  /** The addresses of bound sockets, by port; none rather than no entry, as in the index of blocks. */
  readonly #addresses = new Map<number, string[]>();

  constructor(dynamicRange: PortRange) {
    this.dynamicRange = dynamicRange;
    this.nextDynamicPort = dynamicRange.startPort;
  }

  /** The ports must not be reserved. */
  addReservation(reservation: Reservation): void {
    this.#reservations.add(reservation);
    this.#taken.take(reservation);
  }

  deleteReservation(reservation: Reservation): void {
    this.#reservations.delete(reservation);
    this.#taken.giveBack(reservation);
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
    this.#bound.take(onePort(port));
    this.#taken.take(onePort(port));
    this.#addresses.set(port, [...(this.#addresses.get(port) ?? []), ...addresses]);
  }

  /** Undoes the `bind` with the same port and addresses. */
  unbind({ port, addresses }: BoundTo): void {
    this.#bound.giveBack(onePort(port));
    this.#taken.giveBack(onePort(port));
    const rest = [...(this.#addresses.get(port) ?? [])];
    for (const address of addresses) rest.splice(rest.indexOf(address), 1);
    this.#addresses.set(port, rest.length === 0 ? noAddresses : rest);
  }

  /** Whether a socket is bound to the port at one of the addresses. */
  isAddressInUse({ port, addresses }: BoundTo): boolean {
    const inUse = this.#addresses.get(port) ?? [];
    return addresses.some((address) => inUse.includes(address));
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

  /** The first port of the range that is neither reserved nor bound to. */
  findFree(range: PortRange): number | undefined {
    return this.#taken.find(1, range);
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
}
