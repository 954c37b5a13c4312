// SPDX-License-Identifier: MIT
import { errorCodes } from '../../common/error-codes.js';
import { withJson } from '../../common/json.js';
import type { PortRange, Protocol } from '../../common/ports.js';
import { bindCandidates } from './bind-rules.js';
import { chooseDynamicRun } from './dynamic-run.js';
import { type ListenerOptions, listenOn } from './machine-processes.js';
import type { MachineState } from './machine-state.js';
import { checkOverlap } from './overlap.js';
import { checkPort, isPortRange } from './port-range.js';
import { isPersistent, type SocketRecord } from './records.js';
import { Refusal, refuseUnlessSuccess } from './refusal.js';

/** The result of SIO_ACQUIRE_PORT_RESERVATION: INET_PORT_RESERVATION_INSTANCE, in host byte order. */
export interface AcquiredBlock extends PortRange {
  readonly token: bigint;
}

/**
 * One process of a simulated machine, with the six IP Helper functions and with sockets by id. It holds no state of its
 * own, so that the machine can be saved and restored.
 *
 * Every method throws a Refusal when Windows would return an error number. Once the process has ended, socket ids are
 * refused with WSAENOTSOCK and everything else throws an Error.
 */
export class SimulatedProcess {
  readonly id: number;
  /** Whether the process is elevated, as an administrator's shell is. */
  readonly elevated: boolean;
  /** Its number on the simulated Windows. */
  readonly processId: number;
  readonly #state: MachineState;

  /** Use `SimulatedWindows.startProcess` to make a process. */
  constructor(state: MachineState, id: number) {
    const record = state.processes.get(id);
    if (record === undefined) throw new RangeError(`no process has the id ${id}`);
    this.id = id;
    this.elevated = record.elevated;
    this.processId = record.processId;
    this.#state = state;
  }

  /**
   * Reserves a block across restarts of Windows until it is deleted, as CreatePersistentTcpPortReservation and
   * CreatePersistentUdpPortReservation do. Returns the token, which is valid until the next restart.
   *
   * It checks the arguments first, which needs no look at the machine; then the elevation, so that a process without
   * rights does not learn which ports are taken; then the ports.
   *
   * @param startPort 1 to 65535.
   * @param numberOfPorts 1 to 65535; the block must end at 65535 or before.
   * @throws Refusal ERROR_INVALID_PARAMETER (87) for an invalid block, ERROR_ACCESS_DENIED (5) if the process is not
   * elevated, ERROR_SHARING_VIOLATION (32) if a port is in use or reserved.
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
   * Deletes a block that was created with exactly these ports, never a part of it, as
   * DeletePersistentTcpPortReservation and DeletePersistentUdpPortReservation do.
   *
   * @param startPort 1 to 65535.
   * @param numberOfPorts 1 to 65535.
   * @throws Refusal ERROR_INVALID_PARAMETER (87), ERROR_ACCESS_DENIED (5) if the process is not elevated,
   * ERROR_NOT_FOUND (1168) if no persistent reservation has exactly these ports.
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
   * Returns the token of the block that was created with exactly these ports, as LookupPersistentTcpPortReservation and
   * LookupPersistentUdpPortReservation do. Any process may call it, elevated or not.
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
   * @param thread any number for the thread of the process: {@link SimulatedProcess.endThread} closes its sockets.
   */
  openSocket(protocol: Protocol, family: 4 | 6, thread = 0): number {
    this.#checkRunning();
    return this.#state.openSocket(this.id, protocol, family, thread);
  }

  /**
   * Reserves a block until the socket is closed, as SIO_ACQUIRE_PORT_RESERVATION does. It needs no elevation, and one
   * socket may own several blocks.
   *
   * @param startPort 1 to 65535, or 0 to let Windows choose a block in the dynamic range.
   * @param numberOfPorts 1 to 65535; the block must end at 65535 or before.
   * @param suits tells whether a block that the machine would choose can be used; by default every block can.
   * @throws Refusal WSAENOTSOCK (10038), WSAEINVAL (10022) for an invalid block, WSAEADDRINUSE (10048) if a port is in
   * use or reserved, WSAENOBUFS (10055) if no free block is long enough.
   */
  acquirePortReservation(
    socketId: number,
    startPort: number,
    numberOfPorts: number,
    suits: (range: PortRange) => boolean = () => true,
  ): AcquiredBlock {
    const socket = this.#socket(socketId);
    const { assumptions } = this.#state;
    if (socket.bound !== undefined) refuseUnlessSuccess(assumptions.acquireAfterBind);
    if (!isPortRange({ startPort: startPort === 0 ? 1 : startPort, numberOfPorts })) {
      throw new Refusal(assumptions.acquireInvalidBlock);
    }
    const { protocol } = socket;
    const range =
      startPort === 0 ? chooseDynamicRun(this.#state, protocol, numberOfPorts, suits) : { startPort, numberOfPorts };
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
   * Associates a socket with a token, so that it binds inside the token's block, as SIO_ASSOCIATE_PORT_RESERVATION
   * does. A persistent token works only in elevated processes, a runtime token only in the process that acquired it.
   *
   * @throws Refusal WSAENOTSOCK (10038), WSAEACCES (10013) for a persistent token if the process is not elevated,
   * WSAEINVAL (10022) for a token that does not work here and for a socket that is already bound or associated.
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
   * Ends a runtime reservation of this process, as SIO_RELEASE_PORT_RESERVATION does. Any socket of the process may be
   * used for the call, even while sockets are bound inside the block.
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
   * Does the first half of bind: yields the ports to try on the host, in order, until the host accepts one. It applies
   * the rules of reservations, and the rule that no two sockets are bound to the same address and port.
   *
   * @param port 1 to 65535, which is then the only candidate. With 0, the candidates are the unbound ports of the
   * associated block or, for a socket that is not associated, those of the dynamic range without excluded and reserved
   * ports.
   * @param addresses the addresses that the socket would have to itself; with none, the host decides which sockets
   * share a port.
   * @throws Refusal, from the first step: WSAENOTSOCK (10038), WSAEINVAL (10022) if the socket is already bound,
   * WSAEACCES (10013) inside a reservation, WSAEADDRINUSE (10048) if another socket has the address, or the error
   * number of an unlisted reservation; WSAENOBUFS (10055) when no candidate is left.
   */
  *bindCandidates(socketId: number, port: number, addresses: readonly string[] = []): Generator<number> {
    if (port !== 0) checkPort(port);
    yield* bindCandidates(this.#state, this.#socket(socketId), { port, addresses });
  }

  /**
   * Tells whether this socket and another one want the port at all addresses and at a single one. Windows lets both
   * have it, but some hosts allow only one of them.
   */
  isBesideWildcard(socketId: number, port: number, addresses: readonly string[]): boolean {
    return this.#state.pools[this.#socket(socketId).protocol].isAddressInUse({ port, addresses }, false);
  }

  /**
   * Does the second half of bind, once the host has accepted the port: the port counts as in use until the socket is
   * closed.
   *
   * @param port 1 to 65535.
   * @param addresses the same as for {@link SimulatedProcess.bindCandidates}.
   * @throws Refusal WSAENOTSOCK (10038), WSAEINVAL (10022) if the socket is already bound.
   */
  confirmBind(socketId: number, port: number, addresses: readonly string[] = []): void {
    checkPort(port);
    const socket = this.#socket(socketId);
    if (socket.bound !== undefined) throw new Refusal(errorCodes.WSAEINVAL.errorNumber);
    this.#state.bindSocket(socket, { port, addresses: [...addresses] });
  }

  /**
   * Closes a socket, as closesocket does: frees its port and ends the blocks that it acquired.
   *
   * @throws Refusal WSAENOTSOCK (10038).
   */
  closeSocket(socketId: number): void {
    this.#state.closeSocket(this.#socket(socketId));
  }

  /** Binds a socket without one of the host, by the rules of bind, and returns its id. */
  listen(options: ListenerOptions): number {
    this.#checkRunning();
    return listenOn(this.#state, this.id, options);
  }

  /** Ends a thread of the process, with the sockets that it opened and their blocks. */
  endThread(thread: number): void {
    this.#state.endThread(this.id, thread);
  }

  /** Ends the process, with its sockets and their blocks. */
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
}

function checkBlock(range: PortRange): void {
  if (!isPortRange(range)) throw new Refusal(errorCodes.ERROR_INVALID_PARAMETER.errorNumber);
}
