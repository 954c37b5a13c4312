// SPDX-License-Identifier: MIT
import type { PortBlock, Protocol } from '../../common/ports.js';

/**
 * An exclusion of `netsh int ipv4 add excludedportrange`: Windows does not choose the ports, but any socket may bind to
 * them by number.
 */
export interface AdministeredExclusion extends PortBlock {
  readonly kind: 'administered';
  /** Whether it is in the persistent store too, and survives a restart. */
  readonly stored: boolean;
  /** Issued by the first lookup, if the assumptions let a lookup find an exclusion. */
  token: bigint | undefined;
}

/** Ports that components of Windows hold: blocks of WinNAT and HNS, ports of http.sys. */
export interface ForeignReservation extends PortBlock {
  readonly kind: 'foreign';
}

/** A block of CreatePersistentTcpPortReservation or its UDP twin. */
export interface PersistentReservation extends PortBlock {
  readonly kind: 'persistent';
  readonly token: bigint;
}

/** A block of SIO_ACQUIRE_PORT_RESERVATION, which ends with the socket that acquired it. */
export interface RuntimeReservation extends PortBlock {
  readonly kind: 'runtime';
  readonly token: bigint;
  readonly owner: SocketRecord;
}

/** A reservation that netsh can list; two of them never share a port. */
export type Reservation = AdministeredExclusion | ForeignReservation | PersistentReservation | RuntimeReservation;

/** The kind of a reservation, by what made it. */
export type ReservationKind = Reservation['kind'];

/** A reservation that a socket can be associated with. */
export type TokenReservation = AdministeredExclusion | PersistentReservation | RuntimeReservation;

/**
 * Ports that WSL with mirrored networking holds: no list shows them, and every bind is refused. netsh can exclude them
 * anyway, without effect (httptoolkit/httptoolkit#611), so they may overlap a {@link Reservation}.
 */
export interface UnlistedReservation extends PortBlock {
  /** WSAEACCES or WSAEADDRINUSE: both were reported (microsoft/WSL#40169, microsoft/WSL#12228). */
  readonly errorNumber: number;
}

export interface ProcessRecord {
  readonly id: number;
  readonly elevated: boolean;
  /** The pid that Windows reports; processes of a machine share one if they are one process of the host. */
  readonly processId: number;
  /** The file name of its program. */
  readonly imageName: string;
  /** The process that started it, which may have ended; 0 for none. */
  readonly parentProcessId: number;
  /** The FILETIME of its start. */
  readonly createdAt: bigint;
  /** The whole path of its program; empty where the machine does not know it, as all below. */
  readonly executable: string;
  readonly commandLine: string;
  readonly workingDirectory: string;
  readonly userName: string;
}

/** The facts that Windows tells about a process. */
export type ProcessDescription = Omit<ProcessRecord, 'id' | 'elevated'>;

export interface SocketRecord {
  readonly id: number;
  readonly processId: number;
  readonly protocol: Protocol;
  readonly family: 4 | 6;
  /** The tokens of the runtime reservations that end with this socket. */
  readonly owned: Set<bigint>;
  /** The token that it is associated with, which may outlive the reservation. */
  readonly associated: bigint | undefined;
  readonly bound: BoundTo | undefined;
  /** The thread of its process that opened it; when a thread is terminated, its sockets are closed. */
  readonly thread: number;
}

/** The port and addresses that a socket is bound to. */
export interface BoundTo {
  readonly port: number;
  /** The addresses that no second socket can be bound to on this port; empty if the host decides that. */
  readonly addresses: readonly string[];
}

/**
 * Tells whether the IP Helper functions find the reservation; `orAdministered` says whether they find administered
 * exclusions.
 */
export function isPersistent(
  reservation: Reservation | undefined,
  orAdministered: boolean,
): reservation is Extract<Reservation, { kind: 'persistent' | 'administered' }> {
  return reservation?.kind === 'persistent' || (orAdministered && reservation?.kind === 'administered');
}
