// SPDX-License-Identifier: MIT
import type { PortBlock, Protocol } from '../../common/ports.js';

/** `netsh int ipv4 add excludedportrange`: nobody gets the ports unasked, anybody may bind them by number. */
export interface AdministeredExclusion extends PortBlock {
  readonly kind: 'administered';
  /** Issued by the first lookup, where the assumptions let one find an exclusion. */
  token: bigint | undefined;
}

/** What the kernel's own components hold: WinNAT and HNS blocks, ports of http.sys. */
export interface ForeignReservation extends PortBlock {
  readonly kind: 'foreign';
}

/** CreatePersistentTcpPortReservation and its UDP twin. */
export interface PersistentReservation extends PortBlock {
  readonly kind: 'persistent';
  readonly token: bigint;
}

/** SIO_ACQUIRE_PORT_RESERVATION: it ends with the socket that acquired it. */
export interface RuntimeReservation extends PortBlock {
  readonly kind: 'runtime';
  readonly token: bigint;
  readonly owner: SocketRecord;
}

/** What netsh can list; two of them never share a port. */
export type Reservation = AdministeredExclusion | ForeignReservation | PersistentReservation | RuntimeReservation;

/** What made a reservation. */
export type ReservationKind = Reservation['kind'];

/** A reservation that a socket can be associated with. */
export type TokenReservation = AdministeredExclusion | PersistentReservation | RuntimeReservation;

/**
 * What WSL mirrored networking holds: in no list, and refused to everybody. netsh excludes ports on top of it all the
 * same, to no effect (httptoolkit/httptoolkit#611), so it may share ports with a {@link Reservation}.
 */
export interface UnlistedReservation extends PortBlock {
  /** WSAEACCES or WSAEADDRINUSE: both were reported (microsoft/WSL#40169, microsoft/WSL#12228). */
  readonly errorNumber: number;
}

export interface ProcessRecord {
  readonly id: number;
  readonly elevated: boolean;
  /** What Windows calls it; several processes of a machine may share one where they are one process of the host. */
  readonly processId: number;
  /** The file name of its program. */
  readonly imageName: string;
}

export interface SocketRecord {
  readonly id: number;
  readonly processId: number;
  readonly protocol: Protocol;
  readonly family: 4 | 6;
  /** Tokens of the runtime reservations that end with this socket. */
  readonly owned: Set<bigint>;
  /** The token it is associated with, which may outlive the reservation. */
  readonly associated: bigint | undefined;
  readonly bound: BoundTo | undefined;
  /** Which thread of its process opened it: the sockets of a thread that is terminated are closed. */
  readonly thread: number;
}

/** Where a socket is bound. */
export interface BoundTo {
  readonly port: number;
  /** The addresses that no second socket can be bound to on this port; none where the host decides that. */
  readonly addresses: readonly string[];
}

/** Whether the IP Helper functions know the reservation, administered exclusions included where Windows knows them. */
export function isPersistent(
  reservation: Reservation | undefined,
  orAdministered: boolean,
): reservation is Extract<Reservation, { kind: 'persistent' | 'administered' }> {
  return reservation?.kind === 'persistent' || (orAdministered && reservation?.kind === 'administered');
}
