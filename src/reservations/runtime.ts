// SPDX-License-Identifier: MIT
import { checkPorts, checkProtocol, take } from '../common/arguments.js';
import { getBinding } from '../windows/binding.js';
import { BlockOwner } from './block-owner.js';
import { type CallFailure, errorFromFailure, isCallFailure, packageError } from '../common/errors.js';
import { findPlace } from './find-place.js';
import { nameIfTaken } from '../calls/taken.js';
import { withoutReservation, type PortableOptions } from './portable.js';
import { fieldsForJson } from '../common/json.js';
import { forgetCaller, keepAsTextSoon, textOf, type HasCaller } from './caller-stack.js';
import { addLiveBlock, deleteLiveBlock, type LiveBlock } from '../calls/live-blocks.js';
import type { NativeBinding } from '../windows/native-binding.js';
import { portsText } from '../common/port-ranges.js';
import type { PortBlock, Protocol } from '../common/ports.js';
import { printableLines } from '../common/printable.js';
import {
  hold,
  noteUse,
  tokenFor,
  type Holdable,
  type MovableReservation,
  type ReservationToken,
} from '../sockets/reservation-token.js';
import { warnOfUnsafeBuild } from '../windows/windows-build.js';

/** Selects the block to acquire. */
export interface AcquireRuntimeOptions<P extends Protocol = Protocol> extends PortableOptions {
  readonly protocol: P;
  /** The number of ports, 1 to 65535. */
  readonly numberOfPorts: number;
  /** First port, host byte order, 1 to 65535; with 0, the default, Windows chooses it. */
  readonly startPort?: number | undefined;
}

/** The part of a reservation that outlives it if it is garbage-collected without `release()`. */
interface Owned extends HasCaller {
  readonly binding: NativeBinding;
  readonly owner: BlockOwner;
  readonly block: LiveBlock;
}

const dropped = new FinalizationRegistry<Owned>((owned) => {
  const { owner, block } = owned;
  deleteLiveBlock(block);
  // The simulator warns itself when it cannot close the socket; a failure of Windows leaves nothing to do.
  owner.close().catch(() => undefined);
  const where = printableLines(textOf(owned).split('\n').slice(2).join('\n'));
  const name = `${block.protocol} ${portsText(block)}`;
  process.emitWarning(`The runtime reservation of ${name} was dropped without release(). It was acquired\n${where}`, {
    type: 'PortReservationWarning',
    code: 'WPR_RESERVATION_DROPPED',
  });
});

/**
 * A block of ports that belongs to this process, with all its threads, until it is released.
 *
 * The block is freed once it is released and every socket that this thread made from it is closed. To use it in a
 * worker thread, send the object there (`postMessage`, `workerData`); `listen`, `bind` and `connect` accept the copy.
 * The thread that acquired the block must outlive the sockets made from copies.
 *
 * @example
 * const reservation = await RuntimePortReservation.acquire({ protocol: 'tcp', numberOfPorts: 4 });
 * const { port } = await listen(server, reservation);
 * // ...
 * server.close();
 * await reservation.release();
 */
export class RuntimePortReservation<P extends Protocol = Protocol>
  implements PortBlock<P>, ReservationToken<P>, Holdable, MovableReservation, AsyncDisposable
{
  readonly protocol: P;
  readonly startPort: number;
  readonly numberOfPorts: number;
  /**
   * Works in this process until the block is freed. 0n if `reserved` is false. If Windows refuses the token to sockets
   * of the other address family, which has never been observed, `listen`, `bind` and `connect` acquire the block again
   * in that family, provided that no socket is bound inside, and the token changes.
   */
  readonly token: bigint;
  /**
   * The process that acquired the block: `listen`, `bind` and `connect` refuse a copy that was sent to another process.
   */
  readonly processId = process.pid;
  /** False if the platform has no reservations and `portable` was set. */
  readonly reserved: boolean;
  readonly #owned: Owned | undefined;
  #released: Promise<void> | undefined;

  private constructor({ protocol, startPort, numberOfPorts }: PortBlock<P>, token: bigint, owned?: Owned) {
    this.protocol = protocol;
    this.startPort = startPort;
    this.numberOfPorts = numberOfPorts;
    this.token = token;
    this.reserved = owned !== undefined;
    this.#owned = owned;
  }

  /**
   * Reserves a block for this process.
   *
   * Needs no elevation. Calls `WSASocketW` and `WSAIoctl(SIO_ACQUIRE_PORT_RESERVATION)`.
   *
   * @param options - `protocol` 'tcp' or 'udp'; `numberOfPorts` 1 to 65535; `startPort` 1 to 65535, host byte order, or
   * 0, the default, to let Windows choose. `portable`: on a platform without reservations, go on without one and emit a
   * process warning; default false.
   * @returns The reservation, which belongs to this process until it is released.
   * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE`: an option is wrong; Windows was not asked.
   * @throws {@link PortReservationError} `WSAEADDRINUSE`: a port of the block is in use, reserved or excluded;
   * `blocks` has the listed ranges that overlap. `WSAENOBUFS`: no free block is long enough. `WSAEINVAL`,
   * `WSAEOPNOTSUPP`, `WSAENETDOWN`, `WSAEFAULT`. `ERR_UNSUPPORTED_PLATFORM`, `ERR_ADDON_NOT_LOADED`.
   * @example
   * const reservation = await RuntimePortReservation.acquire({ protocol: 'udp', numberOfPorts: 2, startPort: 27015 });
   */
  static async acquire<P extends Protocol>(options: AcquireRuntimeOptions<P>): Promise<RuntimePortReservation<P>> {
    const caller = new Error();
    try {
      return await RuntimePortReservation.acquireForSearch(options, caller);
    } catch (error) {
      throw await nameIfTaken(error);
    }
  }

  /**
   * Acquires as `acquire` does, without asking netsh what is in the way: a search only needs to know that something is.
   *
   * @internal
   * @param caller - Has the stack for the warning about a dropped reservation, below one frame of this package.
   */
  static async acquireForSearch<P extends Protocol>(
    options: AcquireRuntimeOptions<P>,
    caller = new Error(),
  ): Promise<RuntimePortReservation<P>> {
    const { portable, ...given } = take('options', options, ['protocol', 'startPort', 'numberOfPorts', 'portable']);
    checkProtocol('options.protocol', given.protocol);
    // The check shows that it is a protocol; the caller's types say which.
    const protocol = given.protocol as P;
    const { startPort, numberOfPorts } = checkPorts(
      given.startPort === undefined ? 0 : given.startPort,
      given.numberOfPorts,
      0,
    );
    if (withoutReservation(portable, { protocol, startPort, numberOfPorts })) {
      const place = startPort === 0 ? await findPlace(protocol, numberOfPorts) : startPort;
      return new RuntimePortReservation({ protocol, startPort: place, numberOfPorts }, 0n);
    }

    warnOfUnsafeBuild();
    const binding = getBinding();
    const acquired = await BlockOwner.acquire(binding, protocol, { startPort, numberOfPorts });
    if (isCallFailure(acquired)) {
      throw errorFromFailure(binding, acquired, { protocol, startPort: startPort || undefined, numberOfPorts });
    }
    const { owner, token } = acquired;
    const block = { protocol, startPort: acquired.startPort, numberOfPorts, token };
    const owned = { binding, owner, block, caller };
    const result = new RuntimePortReservation(block, token, owned);
    addLiveBlock(block);
    keepAsTextSoon(owned);
    dropped.register(result, owned, owned);
    return result;
  }

  /**
   * Gives the block back. From now on no socket can be made from it. The promise resolves when the block is freed,
   * which is once the sockets made from it in this thread are closed. Further calls return the same promise.
   *
   * Needs no elevation. Calls `closesocket` on the socket that acquired the block.
   *
   * @throws {@link PortReservationError} `WSAENETDOWN`, `WSAENOTSOCK`.
   * @example
   * server.close();
   * await reservation.release();
   */
  release(): Promise<void> {
    this.#released ??= this.#free();
    return this.#released;
  }

  /** The same as `release`: `await using reservation = await RuntimePortReservation.acquire(...)`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }

  /**
   * Returns the value that `JSON.stringify` writes: the block, `processId`, `reserved`, and the token as a decimal
   * string, because JSON has no bigints. It is meant for logs: to use the reservation in a worker thread, send the
   * object itself. It does not ask Windows.
   *
   * @returns A plain object.
   * @throws Nothing.
   * @example
   * console.log(JSON.stringify(reservation)); // {"protocol":"tcp","startPort":50000,"numberOfPorts":4,"token":"93...",...}
   */
  toJSON(): Record<string, unknown> {
    return fieldsForJson(this);
  }

  async #free(): Promise<void> {
    if (!this.#owned) return;
    const { binding, owner, block } = this.#owned;
    dropped.unregister(this.#owned);
    forgetCaller(this.#owned);
    await owner.whenFree();
    const closed = await owner.close().finally(() => {
      deleteLiveBlock(block);
    });
    const { protocol, startPort, numberOfPorts } = this;
    if (closed) throw errorFromFailure(binding, closed, { protocol, startPort, numberOfPorts });
  }

  /** @internal */
  [hold](): () => void {
    if (this.#released) {
      const { protocol, startPort, numberOfPorts } = this;
      const released = `${protocol} ${portsText(this)} is no longer reserved: acquire another reservation.`;
      throw packageError('ERR_RESERVATION_RELEASED', released, {
        protocol,
        startPort,
        numberOfPorts,
      });
    }
    return this.#owned?.owner.hold() ?? (() => undefined);
  }

  /** @internal */
  [noteUse](): void {
    this.#owned?.owner.noteUse();
  }

  /** @internal */
  async [tokenFor](family: 4 | 6, refused: bigint): Promise<bigint | undefined | CallFailure> {
    const token = await this.#owned?.owner.tokenFor(family, refused);
    // A move gives the block another token, even if the move failed and the block went back.
    Object.assign(this, { token: this.#owned?.owner.token ?? this.token });
    return token;
  }
}
