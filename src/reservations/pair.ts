// SPDX-License-Identifier: MIT
import { checkBoolean, checkPorts, take } from '../common/arguments.js';
import { isSupported } from '../windows/binding.js';
import { isTaken } from '../common/errors.js';
import type { PortableOptions } from './portable.js';
import { PersistentPortReservation, wasCreated } from './persistent.js';
import type { PortRange } from '../common/ports.js';
import { printableLines } from '../common/printable.js';
import { findPlace } from './find-place.js';
import { nameIfTaken } from '../calls/taken.js';
import { RuntimePortReservation, type AcquireRuntimeOptions } from './runtime.js';

/** Selects the block to acquire for both protocols. */
export type AcquirePairOptions = Omit<AcquireRuntimeOptions, 'protocol'>;

/** The number of blocks chosen by Windows for TCP that may turn out to be taken for UDP. */
const maximalAttempts = 32;

/**
 * Holds the same ports for TCP and for UDP until this process releases them: both, or neither.
 *
 * @example
 * const pair = await RuntimePortReservationPair.acquire({ numberOfPorts: 1 });
 * await listen(server, pair.tcp, { port: pair.startPort });
 * await bind(socket, pair.udp, { port: pair.startPort });
 */
export class RuntimePortReservationPair implements PortRange, AsyncDisposable {
  readonly tcp: RuntimePortReservation<'tcp'>;
  readonly udp: RuntimePortReservation<'udp'>;
  readonly startPort: number;
  readonly numberOfPorts: number;

  private constructor(tcp: RuntimePortReservation<'tcp'>, udp: RuntimePortReservation<'udp'>) {
    this.tcp = tcp;
    this.udp = udp;
    this.startPort = tcp.startPort;
    this.numberOfPorts = tcp.numberOfPorts;
  }

  /**
   * Reserves the same ports for TCP and for UDP.
   *
   * Needs no elevation. Calls `WSAIoctl(SIO_ACQUIRE_PORT_RESERVATION)` for each protocol. With `startPort` 0, Windows
   * chooses a block for TCP, and another one if that block is taken for UDP, up to 32 times.
   *
   * @param options - As for {@link RuntimePortReservation.acquire}, without `protocol`.
   * @returns Both reservations, of the same ports.
   * @throws As {@link RuntimePortReservation.acquire}; then neither protocol is reserved.
   * @example
   * const pair = await RuntimePortReservationPair.acquire({ numberOfPorts: 4, startPort: 27015 });
   */
  static async acquire(options: AcquirePairOptions): Promise<RuntimePortReservationPair> {
    try {
      return await RuntimePortReservationPair.acquireForSearch(options);
    } catch (error) {
      throw await nameIfTaken(error);
    }
  }

  /**
   * Acquires as `acquire` does, without asking netsh what is in the way.
   *
   * @internal
   */
  static async acquireForSearch(options: AcquirePairOptions): Promise<RuntimePortReservationPair> {
    const { portable, ...given } = take('options', options, ['startPort', 'numberOfPorts', 'portable']);
    if (portable !== undefined) checkBoolean('options.portable', portable);
    const { startPort, numberOfPorts } = checkPorts(
      given.startPort === undefined ? 0 : given.startPort,
      given.numberOfPorts,
      0,
    );
    const isHere = startPort !== 0 || isSupported || portable !== true;
    const place = isHere ? startPort : await findPlace('both', numberOfPorts);
    return this.#acquire({ startPort: place, numberOfPorts, portable });
  }

  static async #acquire(wanted: AcquirePairOptions): Promise<RuntimePortReservationPair> {
    // A block that is taken for UDP stays acquired for TCP until the end, so that Windows does not choose it again.
    const misses: RuntimePortReservation<'tcp'>[] = [];
    try {
      for (;;) {
        const tcp = await RuntimePortReservation.acquireForSearch({ ...wanted, protocol: 'tcp' });
        try {
          const { startPort } = tcp;
          const udp = await RuntimePortReservation.acquireForSearch({ ...wanted, startPort, protocol: 'udp' });
          return new RuntimePortReservationPair(tcp, udp);
        } catch (error) {
          misses.push(tcp);
          const mayTryAgain = wanted.startPort === 0 && misses.length < maximalAttempts && isTaken(error);
          if (!mayTryAgain) throw error;
        }
      }
    } finally {
      await Promise.all(misses.map((tcp) => undo(() => tcp.release())));
    }
  }

  /**
   * Releases both reservations, as {@link RuntimePortReservation.release} does.
   *
   * Needs no elevation. Calls `closesocket` on the sockets that acquired the blocks.
   *
   * @throws {@link PortReservationError} `WSAENETDOWN`, `WSAENOTSOCK`.
   * @example
   * await pair.release();
   */
  async release(): Promise<void> {
    await Promise.all([this.tcp.release(), this.udp.release()]);
  }

  /** The same as `release`: `await using pair = await RuntimePortReservationPair.acquire(...)`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }
}

/**
 * Reserves the same ports for TCP and for UDP across restarts of Windows: both, or neither.
 *
 * @example
 * const { tcp, udp } = await PersistentPortReservationPair.ensure({ startPort: 27015, numberOfPorts: 4 });
 */
export class PersistentPortReservationPair implements PortRange {
  readonly tcp: PersistentPortReservation<'tcp'>;
  readonly udp: PersistentPortReservation<'udp'>;
  readonly startPort: number;
  readonly numberOfPorts: number;
  /** The reservations that this object has not deleted yet. */
  readonly #left: Set<PersistentPortReservation<'tcp'> | PersistentPortReservation<'udp'>>;

  private constructor(tcp: PersistentPortReservation<'tcp'>, udp: PersistentPortReservation<'udp'>) {
    this.tcp = tcp;
    this.udp = udp;
    this.startPort = tcp.startPort;
    this.numberOfPorts = tcp.numberOfPorts;
    this.#left = new Set([tcp, udp] as const);
  }

  /**
   * Reserves ports that are not reserved yet for either protocol.
   *
   * Needs an elevated process. Calls `CreatePersistentTcpPortReservation` and its UDP twin.
   *
   * @param range - `startPort` 1 to 65535, host byte order; `numberOfPorts` 1 to 65535.
   * @returns Both reservations, of the same ports.
   * @throws As {@link PersistentPortReservation.create}; the reservation that was created for the other protocol is
   * then deleted.
   * @example
   * const pair = await PersistentPortReservationPair.create({ startPort: 27015, numberOfPorts: 4 });
   */
  static async create(range: PortRange): Promise<PersistentPortReservationPair> {
    const ports = takePorts(range);
    const tcp = await PersistentPortReservation.create({ ...ports, protocol: 'tcp' });
    try {
      const udp = await PersistentPortReservation.create({ ...ports, protocol: 'udp' });
      return new PersistentPortReservationPair(tcp, udp);
    } catch (error) {
      await undo(() => tcp.delete());
      throw error;
    }
  }

  /**
   * Finds the reservations of the same ports for both protocols.
   *
   * Needs no elevation, though binding inside them does. Calls `LookupPersistentTcpPortReservation` and its UDP twin.
   *
   * @param range - `startPort` and `numberOfPorts` 1 to 65535, as they were created.
   * @returns Both reservations, of the same ports.
   * @throws As {@link PersistentPortReservation.lookup}.
   * @example
   * const pair = await PersistentPortReservationPair.lookup({ startPort: 27015, numberOfPorts: 4 });
   */
  static async lookup(range: PortRange): Promise<PersistentPortReservationPair> {
    const ports = takePorts(range);
    const tcp = await PersistentPortReservation.lookup({ ...ports, protocol: 'tcp' });
    const udp = await PersistentPortReservation.lookup({ ...ports, protocol: 'udp' });
    return new PersistentPortReservationPair(tcp, udp);
  }

  /**
   * Finds the reservations of both protocols, or creates the missing ones.
   *
   * Needs an elevated process only to create one. Calls `LookupPersistentTcpPortReservation` and
   * `CreatePersistentTcpPortReservation`, and their UDP twins.
   *
   * @param range - `startPort` 1 to 65535, host byte order; `numberOfPorts` 1 to 65535.
   * @param options - As for {@link PersistentPortReservation.ensure}.
   * @returns Both reservations, of the same ports.
   * @throws As {@link PersistentPortReservation.ensure}; the reservation that this call created for the other protocol
   * is then deleted, and one that existed before stays.
   * @example
   * const pair = await PersistentPortReservationPair.ensure({ startPort: 27015, numberOfPorts: 4 });
   */
  static async ensure(range: PortRange, options: PortableOptions = {}): Promise<PersistentPortReservationPair> {
    const ports = takePorts(range);
    const { portable } = take('options', options, ['portable']) as PortableOptions;
    const tcp = await PersistentPortReservation.ensure({ ...ports, protocol: 'tcp' }, { portable });
    try {
      const udp = await PersistentPortReservation.ensure({ ...ports, protocol: 'udp' }, { portable });
      return new PersistentPortReservationPair(tcp, udp);
    } catch (error) {
      if (wasCreated(tcp)) await undo(() => tcp.delete());
      throw error;
    }
  }

  /**
   * Deletes both reservations. Concurrent calls share one deletion; after a failure, another call deletes the rest.
   *
   * Needs an elevated process. Calls `DeletePersistentTcpPortReservation` and its UDP twin.
   *
   * @throws As {@link PersistentPortReservation.delete}, after trying both.
   * @example
   * await pair.delete();
   */
  async delete(): Promise<void> {
    // Once both are deleted, another deletion of each throws the right error.
    const halves = this.#left.size > 0 ? [...this.#left] : [this.tcp, this.udp];
    const outcomes = await Promise.allSettled(
      halves.map(async (half) => {
        await half.delete();
        this.#left.delete(half);
      }),
    );
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }
}

function takePorts(range: unknown): PortRange {
  const { startPort, numberOfPorts } = take('range', range, ['startPort', 'numberOfPorts']);
  return checkPorts(startPort, numberOfPorts);
}

/** Gives one reservation back. A failure becomes a warning, so that the caller sees the error that came first. */
async function undo(takeBack: () => Promise<void>): Promise<void> {
  try {
    await takeBack();
  } catch (error) {
    process.emitWarning(`One reservation of a pair could not be undone: ${printableLines(String(error))}`, {
      type: 'PortReservationWarning',
      code: 'WPR_HALF_A_PAIR_LEFT',
    });
  }
}
