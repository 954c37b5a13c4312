// SPDX-License-Identifier: MIT
import { errorCodes } from '../../common/error-codes.js';
import { withJson } from '../../common/json.js';
import type { PortRange, Protocol } from '../../common/ports.js';
import { bindCandidates } from './bind-rules.js';
import type { MachineState } from './machine-state.js';
import { checkOverlap } from './overlap.js';
import { isPort } from '../../common/port-ranges.js';
import { isPortRange } from './port-range.js';
import { isPersistent, type SocketRecord } from './records.js';
import { Refusal, refuseUnlessSuccess } from './refusal.js';

/** What SIO_ACQUIRE_PORT_RESERVATION gives: INET_PORT_RESERVATION_INSTANCE, in host byte order. */
export interface AcquiredBlock extends PortRange {
  readonly token: bigint;
}

/**
 * One process of a simulated machine: the six IP Helper functions, and sockets by id. It holds no state of its own, so
 * that a machine can be saved and restored under it.
 *
 * Every method throws a Refusal where Windows would return an error number. Once the process has ended, socket ids are
 * refused with WSAENOTSOCK and everything else throws an Error.
 */
export class SimulatedProcess {
  readonly id: number;
  /** Whether the token of the process is elevated, as that of an administrator's shell is. */
  readonly elevated: boolean;
  readonly #state: MachineState;

  /** Processes come from `SimulatedWindows.startProcess`. */
  constructor(state: MachineState, id: number) {
    const record = state.processes.get(id);
    if (record === undefined) throw new RangeError(`no process has the id ${id}`);
    this.id = id;
    this.elevated = record.elevated;
    this.#state = state;
  }

  /**
   * CreatePersistentTcpPortReservation or CreatePersistentUdpPortReservation: reserves a block until it is deleted, over
   * restarts of Windows. Returns the token, which is good until the next restart.
   *
   * The checks come in this order: the arguments, for which no call has to look at the machine; the elevation, so that
   * nobody without rights learns which ports are taken; the ports.
   *
   * @param startPort 1 to 65535.
   * @param numberOfPorts 1 to 65535; the block must end at 65535 or before.
   * @throws Refusal ERROR_INVALID_PARAMETER (87) for another block, ERROR_ACCESS_DENIED (5) where the process is not
   *   elevated, ERROR_SHARING_VIOLATION (32) where a port is in use or reserved.
   */
  createPersistentPortReservation(protocol: Protocol, startPort: number, numberOfPorts: number): bigint {
    const range = { startPort, numberOfPorts };
    this.#checkMayChange(range);
    const { assumptions } = this.#state;
    const taken = errorCodes.ERROR_SHARING_VIOLATION.errorNumber;
    checkOverlap(this.#state.pools[protocol], range, {
      bound: taken,
      reserved: {
        persistent: taken,
        administered: assumptions.createOverAdministeredExclusion,
        foreign: assumptions.createOverOtherReservation,
        runtime: assumptions.createOverOtherReservation,
      },
      unlisted: assumptions.createOverUnlistedReservation,
    });
    const token = this.#state.issueToken();
    this.#state.addReservation({ kind: 'persistent', protocol, startPort, numberOfPorts, token });
    return token;
  }

  /**
   * DeletePersistentTcpPortReservation or DeletePersistentUdpPortReservation: the very block that was created, never a
   * part of it.
   *
   * @param startPort 1 to 65535.
   * @param numberOfPorts 1 to 65535.
   * @throws Refusal ERROR_INVALID_PARAMETER (87), ERROR_ACCESS_DENIED (5) where the process is not elevated,
   *   ERROR_NOT_FOUND (1168) where no persistent reservation has exactly these ports.
   */
  deletePersistentPortReservation(protocol: Protocol, startPort: number, numberOfPorts: number): void {
    const range = { startPort, numberOfPorts };
    this.#checkMayChange(range);
    const { assumptions, pools } = this.#state;
    const pool = pools[protocol];
    const reservation = pool.reservationOf(range);
    if (!isPersistent(reservation, assumptions.deleteRemovesAdministeredExclusion)) {
      throw new Refusal(errorCodes.ERROR_NOT_FOUND.errorNumber);
    }
    if (pool.isBound(range)) refuseUnlessSuccess(assumptions.deleteWhileBound);
    this.#state.endReservation(reservation, assumptions.boundSocketsSurviveDelete);
  }

  /**
   * LookupPersistentTcpPortReservation or LookupPersistentUdpPortReservation: the token of the very block that was
   * created. Any process may ask, elevated or not.
   *
   * @param startPort 1 to 65535.
   * @param numberOfPorts 1 to 65535.
   * @throws Refusal ERROR_INVALID_PARAMETER (87), ERROR_NOT_FOUND (1168).
   */
  lookupPersistentPortReservation(protocol: Protocol, startPort: number, numberOfPorts: number): bigint {
    this.#checkRunning();
    const range = { startPort, numberOfPorts };
    checkBlock(range);
    const { assumptions, pools } = this.#state;
    const reservation = pools[protocol].reservationOf(range);
    if (!isPersistent(reservation, assumptions.lookupFindsAdministeredExclusion)) {
      throw new Refusal(errorCodes.ERROR_NOT_FOUND.errorNumber);
    }
    return this.#state.tokenOf(reservation);
  }

  /**
   * Opens a socket and returns its id.
   *
   * @param thread of the process, by any number: {@link SimulatedProcess.endThread} closes its sockets.
   */
  openSocket(protocol: Protocol, family: 4 | 6, thread = 0): number {
    this.#checkRunning();
    return this.#state.openSocket(this.id, protocol, family, thread);
  }

  /**
   * SIO_ACQUIRE_PORT_RESERVATION: reserves a block until the socket is closed. It needs no elevation, and one socket may
   * own several blocks.
   *
   * @param startPort 1 to 65535, or 0 to let Windows choose out of the dynamic range.
   * @param numberOfPorts 1 to 65535; the block must end at 65535 or before.
   * @throws Refusal WSAENOTSOCK (10038), WSAEINVAL (10022) for another block, WSAEADDRINUSE (10048) where a port is in
   *   use or reserved, WSAENOBUFS (10055) where Windows finds no free run that is long enough.
   */
  acquirePortReservation(socketId: number, startPort: number, numberOfPorts: number): AcquiredBlock {
    const socket = this.#socket(socketId);
    const { assumptions } = this.#state;
    if (socket.bound !== undefined) refuseUnlessSuccess(assumptions.acquireAfterBind);
    if (!isPortRange({ startPort: startPort === 0 ? 1 : startPort, numberOfPorts })) {
      throw new Refusal(assumptions.acquireInvalidBlock);
    }
    const { protocol } = socket;
    const range = startPort === 0 ? this.#chooseRun(protocol, numberOfPorts) : { startPort, numberOfPorts };
    const taken = errorCodes.WSAEADDRINUSE.errorNumber;
    checkOverlap(this.#state.pools[protocol], range, {
      bound: taken,
      reserved: {
        persistent: assumptions.acquireOverPersistentReservation,
        administered: taken,
        foreign: assumptions.acquireOverForeignReservation,
        runtime: taken,
      },
      unlisted: assumptions.acquireOverUnlistedReservation,
    });
    const token = this.#state.issueToken();
    this.#state.addReservation({ kind: 'runtime', protocol, ...range, token, owner: socket });
    return withJson({ ...range, token });
  }

  /**
   * SIO_ASSOCIATE_PORT_RESERVATION: from here on the socket binds inside the block of the token. A persistent token
   * works in elevated processes only, a runtime token only in the process that acquired it.
   *
   * @throws Refusal WSAENOTSOCK (10038), WSAEACCES (10013) for a persistent token where the process is not elevated,
   *   WSAEINVAL (10022) for a token that is of no use here and for a socket that is bound or associated already.
   */
  associatePortReservation(socketId: number, token: bigint): void {
    const socket = this.#socket(socketId);
    const { assumptions } = this.#state;
    if (socket.bound !== undefined) refuseUnlessSuccess(assumptions.associateAfterBind);
    if (socket.associated !== undefined) refuseUnlessSuccess(assumptions.associateTwice);
    const reservation = this.#state.reservationOf(token);
    if (reservation === undefined) throw new Refusal(assumptions.associateUnknownToken);
    if (reservation.protocol !== socket.protocol) throw new Refusal(assumptions.associateOtherProtocol);
    if (reservation.kind !== 'runtime') {
      if (!this.elevated) throw new Refusal(errorCodes.WSAEACCES.errorNumber);
    } else {
      const { owner } = reservation;
      if (owner.processId !== this.id) throw new Refusal(assumptions.associateTokenOfAnotherProcess);
      if (owner.family !== socket.family) refuseUnlessSuccess(assumptions.associateOtherFamily);
    }
    this.#state.sockets.associate(socket, token);
  }

  /**
   * SIO_RELEASE_PORT_RESERVATION: ends a runtime reservation of this process. Any socket of the process may ask, also
   * while sockets are bound inside the block.
   *
   * @throws Refusal WSAENOTSOCK (10038), WSAEINVAL (10022) for a token that is not a runtime token of this process and
   *   of the socket's protocol.
   */
  releasePortReservation(socketId: number, token: bigint): void {
    const socket = this.#socket(socketId);
    const { assumptions } = this.#state;
    const reservation = this.#state.reservationOf(token);
    if (reservation === undefined) throw new Refusal(assumptions.releaseUnknownToken);
    if (reservation.kind !== 'runtime') throw new Refusal(assumptions.releasePersistentToken);
    if (reservation.owner.processId !== this.id) throw new Refusal(assumptions.releaseTokenOfAnotherProcess);
    if (reservation.protocol !== socket.protocol) throw new Refusal(assumptions.releaseOtherProtocol);
    if (this.#state.sockets.isBoundBy(token)) refuseUnlessSuccess(assumptions.releaseWhileBound);
    this.#state.endReservation(reservation, assumptions.boundSocketsSurviveRelease);
  }

  /**
   * The first half of bind: the ports that the host should be asked for, in order, until it gives one. The rules of
   * reservations are applied here, and that no two sockets are bound to the same address and port.
   *
   * @param port 1 to 65535, which is the only candidate; or 0 for every port in turn that is left in the associated
   *   block, or for an unassociated socket in the dynamic range, excluded and reserved ports left out.
   * @param addresses those that the socket would have for itself; none leaves it to the host who may share a port.
   * @throws Refusal, from the first step: WSAENOTSOCK (10038), WSAEINVAL (10022) where the socket is bound already,
   *   WSAEACCES (10013) inside somebody's reservation, WSAEADDRINUSE (10048) where another socket has the address, the
   *   number of an unlisted reservation; and WSAENOBUFS (10055) when no candidate is left.
   */
  *bindCandidates(socketId: number, port: number, addresses: readonly string[] = []): Generator<number> {
    if (port !== 0) checkPort(port);
    yield* bindCandidates(this.#state, this.#socket(socketId), { port, addresses });
  }

  /**
   * Whether another socket has the port at every address where this one would have it at a single one, or the other way
   * round: a host that lets only one of them in does not do as Windows.
   */
  isBesideWildcard(socketId: number, port: number, addresses: readonly string[]): boolean {
    return this.#state.pools[this.#socket(socketId).protocol].isAddressInUse({ port, addresses }, false);
  }

  /**
   * The second half of bind: the host gave the port, and it counts as in use until the socket is closed.
   *
   * @param port 1 to 65535.
   * @param addresses as {@link SimulatedProcess.bindCandidates} was told.
   * @throws Refusal WSAENOTSOCK (10038), WSAEINVAL (10022) where the socket is bound already.
   */
  confirmBind(socketId: number, port: number, addresses: readonly string[] = []): void {
    checkPort(port);
    const socket = this.#socket(socketId);
    if (socket.bound !== undefined) throw new Refusal(errorCodes.WSAEINVAL.errorNumber);
    this.#state.bindSocket(socket, { port, addresses: [...addresses] });
  }

  /**
   * closesocket: frees the port of the socket and ends the blocks that it acquired.
   *
   * @throws Refusal WSAENOTSOCK (10038).
   */
  closeSocket(socketId: number): void {
    this.#state.closeSocket(this.#socket(socketId));
  }

  /** Ends a thread of the process, and with it the sockets that it opened and their blocks. */
  endThread(thread: number): void {
    this.#state.endThread(this.id, thread);
  }

  /** Ends the process, and with it its sockets and their blocks. */
  exit(): void {
    this.#state.endProcess(this.id);
  }

  #socket(socketId: number): SocketRecord {
    return this.#state.socketOf(this.id, socketId);
  }

  #checkRunning(): void {
    if (!this.#state.processes.has(this.id)) throw new Error(`the process ${this.id} has ended`);
  }

  #checkMayChange(range: PortRange): void {
    this.#checkRunning();
    if (this.#state.assumptions.checksArgumentsBeforeElevation) checkBlock(range);
    if (!this.elevated) throw new Refusal(errorCodes.ERROR_ACCESS_DENIED.errorNumber);
    checkBlock(range);
  }

  #chooseRun(protocol: Protocol, numberOfPorts: number): PortRange {
    const pool = this.#state.pools[protocol];
    const startPort = pool.findDynamicRun(numberOfPorts);
    if (startPort === undefined) throw new Refusal(this.#state.assumptions.acquireWithoutFreeRun);
    const range = { startPort, numberOfPorts };
    pool.passTurn(range);
    return range;
  }
}

function checkBlock(range: PortRange): void {
  if (!isPortRange(range)) throw new Refusal(errorCodes.ERROR_INVALID_PARAMETER.errorNumber);
}

function checkPort(port: number): void {
  if (!isPort(port)) throw new RangeError(`${String(port)} is not a port`);
}
