// SPDX-License-Identifier: MIT
import {
  checkBoolean,
  checkInteger,
  checkPort,
  checkProtocol,
  checkToken,
  maxProcessId,
  invalidType,
  outOfRange,
  take,
} from '../common/arguments.js';
import { type CallFailure, packageError } from '../common/errors.js';
import { contains, lastPortOf, maxPort } from '../common/port-ranges.js';
import type { Protocol } from '../common/ports.js';

/**
 * A reservation to bind sockets inside: a PersistentPortReservation, a RuntimePortReservation, or just the protocol and
 * the token. With the other fields, this package can report mistakes before it asks Windows.
 */
export interface ReservationToken<P extends Protocol = Protocol> {
  readonly protocol: P;
  /** 0n to 2n ** 64n - 1n. */
  readonly token: bigint;
  /** First port of the block. */
  readonly startPort?: number | undefined;
  readonly numberOfPorts?: number | undefined;
  /** The only process that the token works in, if there is such a limit. */
  readonly processId?: number | undefined;
  /** False if the platform has no reservations and the caller chose to go on without one. */
  readonly reserved?: boolean | undefined;
}

/** Retains the reservation for a socket; returns the function that releases it when the socket is closed. */
export const hold = Symbol('hold');

/** A reservation that must not be freed while sockets made from it are open. */
export interface Holdable {
  [hold](): () => void;
}

/** Reports that a socket is bound inside the reservation. */
export const noteUse = Symbol('noteUse');
/** Asks for a token that sockets of a family can be associated with, after Windows refused them the current one. */
export const tokenFor = Symbol('tokenFor');

/** A reservation that can move to the other address family. */
export interface MovableReservation {
  [noteUse](): void;
  [tokenFor](family: 4 | 6, refused: bigint): Promise<bigint | undefined | CallFailure>;
}

/** Keeps a reservation from being freed while a socket is made from it, and for as long as the socket is open. */
export interface Hold {
  /** Releases the reservation, because the socket is closed or was not made. Calling it again does nothing. */
  readonly letGo: () => void;
  /** Keeps the reservation until a promise is settled, even after `letGo`. */
  readonly until: (settled: Promise<unknown>) => void;
}

/** Retains a reservation that tracks its sockets; for other reservations it does nothing. */
export function holdReservation(reservation: object): Hold {
  const end = hold in reservation ? (reservation as Holdable)[hold]() : () => undefined;
  let holders = 1;
  let held = true;
  const leave = (): void => {
    holders -= 1;
    if (holders === 0) end();
  };
  return {
    letGo() {
      if (held) leave();
      held = false;
    },
    until(settled) {
      holders += 1;
      settled.then(leave, leave);
    },
  };
}

/**
 * Makes a checked copy of the caller's reservation for a socket of this protocol on this port. The copy still reaches
 * the callbacks of a reservation object, which tracks its sockets.
 *
 * @param portName - The parameter that the port comes from, for errors.
 */
export function takeReservation<P extends Protocol>(
  value: unknown,
  wanted: P,
  port: number,
  portName = 'options.port',
): ReservationToken<P> {
  if (!isLikeReservation(value)) throw invalidType('reservation', reservationExpected, value);
  const { protocol, token, reserved, processId, startPort, numberOfPorts } = take('reservation', value, [
    ...(['protocol', 'token', 'reserved', 'processId', 'startPort', 'numberOfPorts'] as const),
  ]);
  checkProtocol('reservation.protocol', protocol);
  checkToken('reservation.token', token);
  if (protocol !== wanted) throw outOfRange('reservation.protocol', `'${wanted}' for this socket`, protocol);
  if (reserved !== undefined) checkBoolean('reservation.reserved', reserved);
  if (processId !== undefined) checkInteger('reservation.processId', processId, 0, maxProcessId);
  if (startPort !== undefined) checkPort('reservation.startPort', startPort, 1);
  if (numberOfPorts !== undefined) {
    const most = maxPort - (startPort ?? 1) + 1;
    checkInteger('reservation.numberOfPorts', numberOfPorts, 1, most);
  }
  const taken = { protocol: wanted, token, reserved, processId, startPort, numberOfPorts };
  checkProcess(taken);
  checkPortInside(taken, port, portName);
  return { ...taken, ...callbacksOf(value) };
}

const reservationExpected =
  'the awaited result of PersistentPortReservation.ensure() or RuntimePortReservation.acquire(); the options come after it';

/** Tells a reservation from options in its place, `listen(server, { port })`, and from a promise that was not awaited. */
function isLikeReservation(value: unknown): value is object {
  return typeof value === 'object' && value !== null && ('protocol' in value || 'token' in value);
}

function callbacksOf(reservation: object): object {
  const isHoldable = hold in reservation;
  if (!isHoldable) return {};
  const {
    [hold]: onHold,
    [noteUse]: onUse,
    [tokenFor]: onRefusal,
  } = reservation as Holdable & Partial<MovableReservation>;
  return {
    [hold]: onHold.bind(reservation),
    ...(onUse && { [noteUse]: onUse.bind(reservation) }),
    ...(onRefusal && { [tokenFor]: onRefusal.bind(reservation) }),
  };
}

function checkProcess({ processId, token, protocol }: ReservationToken): void {
  if (processId === undefined || processId === process.pid) return;
  throw packageError(
    'ERR_FOREIGN_TOKEN',
    `Process ${processId} acquired the reservation, and this is process ${process.pid}. Windows lets only sockets of the ` +
      'acquiring process, worker threads included, use a runtime reservation. Use a persistent ' +
      'reservation for several processes, or listen in that process and send the listening server to this one.',
    { protocol, token },
  );
}

function checkPortInside({ startPort, numberOfPorts }: ReservationToken, port: number, name: string): void {
  if (port === 0 || startPort === undefined || numberOfPorts === undefined) return;
  const block = { startPort, numberOfPorts };
  if (!contains(block, port)) {
    const ports = block.numberOfPorts === 1 ? String(startPort) : `from ${startPort} to ${lastPortOf(block)}`;
    throw outOfRange(name, `${ports}, a port of the reservation, or 0 for any free one of them`, port);
  }
}
