// SPDX-License-Identifier: MIT
import { errorCodes } from '../../common/error-codes.js';
import type { PortRange } from '../../common/ports.js';
import type { MachineState } from './machine-state.js';
import { contains } from '../../common/port-ranges.js';
import { endOf, onePort } from './port-range.js';
import type { BoundTo, SocketRecord, TokenReservation } from './records.js';
import { Refusal, refuseUnlessSuccess } from './refusal.js';

/**
 * Yields the ports that a bind may try, in order. It checks the pool again for each port, because other sockets come
 * and go while the caller asks the host whether the port is free there.
 */
export function* bindCandidates(state: MachineState, socket: SocketRecord, wanted: BoundTo): Generator<number> {
  const { port } = wanted;
  if (socket.bound !== undefined) throw new Refusal(errorCodes.WSAEINVAL.errorNumber);
  const block = blockOf(state, socket);
  if (port !== 0) {
    if (block === undefined || !contains(block, port)) {
      if (block !== undefined) refuseUnlessSuccess(state.assumptions.bindOutsideAssociatedBlock);
      refuseReserved(state, socket, port);
    }
    refuseUnlisted(state, socket, port);
    const { wildcardAndSpecificBindsCoexist } = state.assumptions;
    if (state.pools[socket.protocol].isAddressInUse(wanted, wildcardAndSpecificBindsCoexist))
      throw new Refusal(errorCodes.WSAEADDRINUSE.errorNumber);
    yield port;
  } else if (block !== undefined) {
    const pool = state.pools[socket.protocol];
    for (const candidate of portsOf(block, (rest) => pool.findUnbound(rest))) {
      if (pool.unlistedAt(candidate) === undefined) yield candidate;
    }
    throw new Refusal(state.assumptions.bindInFullBlock);
  } else {
    yield* dynamicPorts(state, socket);
    throw new Refusal(state.assumptions.bindWithoutFreeDynamicPort);
  }
}

function blockOf(state: MachineState, socket: SocketRecord): TokenReservation | undefined {
  if (socket.associated === undefined) return undefined;
  const block = state.reservationOf(socket.associated);
  if (block === undefined) refuseUnlessSuccess(state.assumptions.bindAfterReservationEnded);
  return block;
}

/**
 * Refuses a bind inside a reservation. An administered exclusion never refuses: a bind to one of its ports by number
 * works (microsoft/msquic#2891).
 */
function refuseReserved(state: MachineState, socket: SocketRecord, port: number): void {
  const { assumptions } = state;
  const reservation = state.pools[socket.protocol].reservationAt(port);
  if (reservation?.kind === 'foreign') {
    throw new Refusal(errorCodes.WSAEACCES.errorNumber);
  } else if (reservation?.kind === 'persistent') {
    refuseUnlessSuccess(assumptions.bindInsidePersistentReservation);
  } else if (reservation?.kind === 'runtime') {
    const { owner } = reservation;
    if (owner.family !== socket.family && !assumptions.reservationsCoverBothFamilies) return;
    const isOwn = owner.processId === socket.processId;
    refuseUnlessSuccess(isOwn ? assumptions.bindInsideOwnRuntimeReservation : assumptions.bindInsideRuntimeReservation);
  }
}

function refuseUnlisted(state: MachineState, socket: SocketRecord, port: number): void {
  const unlisted = state.pools[socket.protocol].unlistedAt(port);
  if (unlisted !== undefined) throw new Refusal(unlisted.errorNumber);
}

/** Goes once around the dynamic range, starting at the port whose turn it is. */
function* dynamicPorts(state: MachineState, socket: SocketRecord): Generator<number> {
  const pool = state.pools[socket.protocol];
  const { startPort, numberOfPorts } = pool.dynamicRange;
  const turn = pool.nextDynamicPort;
  const later = { startPort: turn, numberOfPorts: startPort + numberOfPorts - turn };
  const earlier = { startPort, numberOfPorts: turn - startPort };
  for (const part of [later, earlier]) {
    for (const port of portsOf(part, (rest) => pool.findChoosable(rest))) {
      // Pass the turn even if the port is refused: otherwise every later bind would be refused for the same port.
      pool.passTurn(onePort(port));
      refuseReserved(state, socket, port);
      refuseUnlisted(state, socket, port);
      yield port;
    }
  }
}

/** Yields the ports of the range that `find` finds, one after the other. */
function* portsOf(range: PortRange, find: (rest: PortRange) => number | undefined): Generator<number> {
  const end = endOf(range);
  let port = find(range);
  while (port !== undefined) {
    yield port;
    const next = port + 1;
    port = find({ startPort: next, numberOfPorts: end - next });
  }
}
