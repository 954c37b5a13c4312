// SPDX-License-Identifier: MIT
import { checkPorts, checkProtocol, take } from '../common/arguments.js';
import { getBinding } from '../windows/binding.js';
import { BlockOwner } from './block-owner.js';
import { type CallFailure, errorFromFailure, isCallFailure, packageError } from '../common/errors.js';
import { findPlace } from './find-place.js';
import { withoutReservation, type PortableOptions } from './portable.js';
import { fieldsForJson } from '../common/json.js';
import { addLiveBlock, deleteLiveBlocks } from '../calls/live-blocks.js';
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

/** What to acquire. */
export interface AcquireRuntimeOptions<P extends Protocol = Protocol> extends PortableOptions {
  readonly protocol: P;
  /** How many ports, 1 to 65535. */
  readonly numberOfPorts: number;
  /** First port, host byte order, 1 to 65535; 0, the default, leaves the place to Windows. */
  readonly startPort?: number | undefined;
}

/** The remains of a reservation that was garbage-collected without `release()`. */
interface Dropped {
  readonly owner: BlockOwner;
  readonly block: string;
  /** The stack where it was acquired. */
  readonly acquired: string;
}

const dropped = new FinalizationRegistry<Dropped>(({ owner, block, acquired }) => {
  // Whoever cannot close it says so with a warning of its own.
  owner.close().catch(() => undefined);
  const where = printableLines(acquired.split('\n').slice(2).join('\n'));
  process.emitWarning(`The runtime reservation of ${block} was dropped without release(). It was acquired\n${where}`, {
    type: 'PortReservationWarning',
    code: 'WPR_RESERVATION_DROPPED',
  });
});

/**
 * A block of ports that belongs to this process until it is released: to all its threads, and to no other process.
 *
 * The block is freed when it was released and every socket that this thread made from it is closed. To use it in a worker
 * thread, send the object there (`postMessage`, `workerData`), which makes a copy for `listen`, `bind` and `connect`; the
 * thread that acquired it has to outlive the sockets made from copies.
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
   * Works in this process, as long as the block is not freed. 0n where `reserved` is false. Should Windows refuse it to
   * sockets of the other family of addresses, which nobody has seen, `listen`, `bind` and `connect` acquire the block anew
   * in that family, as long as no socket is bound inside, and it changes.
   */
  readonly token: bigint;
  /** The process that acquired it: `listen`, `bind` and `connect` refuse a copy that came to another one. */
  readonly processId = process.pid;
  /** False where the platform has no reservations and `portable` was set. */
  readonly reserved: boolean;
  readonly #binding: NativeBinding | undefined;
  readonly #owner: BlockOwner | undefined;
  #released: Promise<void> | undefined;

  private constructor({ protocol, startPort, numberOfPorts }: PortBlock<P>, token: bigint, owned?: Owned) {
    this.protocol = protocol;
    this.startPort = startPort;
    this.numberOfPorts = numberOfPorts;
    this.token = token;
    this.reserved = owned !== undefined;
    this.#binding = owned?.binding;
    this.#owner = owned?.owner;
  }

  /**
   * Reserves a block for this process.
   *
   * Needs no elevation. Calls `WSASocketW` and `WSAIoctl(SIO_ACQUIRE_PORT_RESERVATION)`.
   *
   * @param options - `protocol` 'tcp' or 'udp'; `numberOfPorts` 1 to 65535; `startPort` 1 to 65535, host byte order, or 0,
   * the default, for a place that Windows chooses. `portable`: where the platform has no reservations, go on without and
   * say so with a process warning; default false.
   * @returns The reservation, which this process has until it is released.
   * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE`: an option is wrong; Windows was not asked.
   * @throws {@link PortReservationError} `WSAEADDRINUSE`: a port of the block is in use, reserved or excluded.
   * `WSAENOBUFS`: no free run of ports is long enough. `WSAEINVAL`, `WSAEOPNOTSUPP`, `WSAENETDOWN`, `WSAEFAULT`.
   * `ERR_UNSUPPORTED_PLATFORM`, `ERR_ADDON_NOT_LOADED`.
   * @example
   * const reservation = await RuntimePortReservation.acquire({ protocol: 'udp', numberOfPorts: 2, startPort: 27015 });
   */
  static async acquire<P extends Protocol>(options: AcquireRuntimeOptions<P>): Promise<RuntimePortReservation<P>> {
    // Where the caller is, for the warning if the reservation is dropped.
    const caller = new Error();
    const { portable, ...given } = take('options', options, ['protocol', 'startPort', 'numberOfPorts', 'portable']);
    checkProtocol('options.protocol', given.protocol);
    // The very one that the types of the caller name.
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
    const acquiring = BlockOwner.acquire(binding, protocol, { startPort, numberOfPorts });
    // As text: frames would hold on to the caller, and that may be who holds the reservation. It takes about as long as
    // the call, which has its own thread.
    const stack = caller.stack ?? '';
    const acquired = await acquiring;
    if (isCallFailure(acquired)) {
      throw errorFromFailure(binding, acquired, { protocol, startPort: startPort || undefined, numberOfPorts });
    }
    const { owner, token } = acquired;
    const block = { protocol, startPort: acquired.startPort, numberOfPorts };
    const result = new RuntimePortReservation(block, token, { binding, owner });
    addLiveBlock(result, block, token);
    const name = `${protocol} ${portsText(block)}`;
    dropped.register(result, { owner, block: name, acquired: stack }, owner);
    return result;
  }

  /**
   * Gives the block back. No more sockets can be made from it, and once those made from it in this thread are closed, the
   * block is freed, which is when the promise resolves. Calling it again waits for the same.
   *
   * Needs no elevation. Calls `closesocket` of the socket that acquired the block.
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
   * What `JSON.stringify` writes: the block, `processId` and `reserved`, and the token as a decimal string, because JSON has
   * no bigints. It is for logs: send the object itself to a worker thread. It does not ask Windows.
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
    if (!this.#owner || !this.#binding) return;
    dropped.unregister(this.#owner);
    await this.#owner.whenFree();
    const closed = await this.#owner.close().finally(() => {
      deleteLiveBlocks(this);
    });
    const { protocol, startPort, numberOfPorts } = this;
    if (closed) throw errorFromFailure(this.#binding, closed, { protocol, startPort, numberOfPorts });
  }

  /** @internal */
  [hold](): () => void {
    if (this.#released) {
      const { protocol, startPort, numberOfPorts } = this;
      throw packageError('ERR_RESERVATION_RELEASED', 'Acquire another one.', { protocol, startPort, numberOfPorts });
    }
    return this.#owner?.hold() ?? (() => undefined);
  }

  /** @internal */
  [noteUse](): void {
    this.#owner?.noteUse();
  }

  /** @internal */
  async [tokenFor](family: 4 | 6, refused: bigint): Promise<bigint | undefined | CallFailure> {
    const token = await this.#owner?.tokenFor(family, refused);
    // A move, and one that did not come off too, gives the block another token.
    Object.assign(this, { token: this.#owner?.token ?? this.token });
    return token;
  }
}

interface Owned {
  readonly binding: NativeBinding;
  readonly owner: BlockOwner;
}
