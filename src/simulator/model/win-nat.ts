// SPDX-License-Identifier: MIT
import { randomInt } from 'node:crypto';
import { contains } from '../../common/port-ranges.js';
import type { PortBlock, PortRange } from '../../common/ports.js';
import type { MachineState } from './machine-state.js';
import { checkBlock, checkFree } from './check-block.js';
import { endOf } from './port-range.js';
import type { SimulatedServices } from './services.js';

/** The blocks of WinNAT, as a file keeps them. */
export interface SavedWinNat {
  /** Where its blocks are, or were before it stopped. */
  readonly blocks: readonly PortBlock[];
  readonly places: readonly number[];
}

const service = 'winnat';
/** Where the blocks of machines lie whose dynamic range was made to begin at 1024. */
const lowPorts: PortRange = { startPort: 1024, numberOfPorts: 13_977 };

/**
 * WinNAT, whose blocks Windows refuses to every socket. They go when the service stops, and come back when it starts: at
 * other places, around exclusions, reservations and bound sockets.
 */
export class SimulatedWinNat {
  readonly #state: MachineState;
  readonly #services: SimulatedServices;
  #blocks: PortBlock[] = [];
  #places: number[] = [];

  /** @param whenStopped - Called when it stops: changes the guests that use WinNAT. @internal */
  constructor(state: MachineState, services: SimulatedServices, whenStopped: () => void) {
    this.#state = state;
    this.#services = services;
    services.add({ name: service });
    services.onChange(service, {
      started: () => {
        this.#blocks = this.#blocks.map((block) => this.#placeAnew(block)).filter((block) => block !== undefined);
      },
      stopped: () => {
        for (const block of this.#blocks) this.#free(block);
        whenStopped();
      },
    });
  }

  /** The blocks that WinNAT holds; none while it is stopped. */
  get blocks(): readonly PortBlock[] {
    return this.#services.isRunning(service) ? [...this.#blocks] : [];
  }

  /**
   * Has WinNAT take a block, and run from now on, after restarts too.
   *
   * @throws Refusal ERROR_SHARING_VIOLATION (32) where a port is in use or reserved.
   */
  addBlock(block: PortBlock): void {
    const ports = checkFree(this.#state, block);
    this.#services.run(service);
    this.#hold(ports);
    this.#blocks.push(ports);
  }

  /**
   * The first ports of the blocks that WinNAT places next, one for each. Where a port of the block is taken, WinNAT takes
   * the next place after it.
   */
  usePlaces(...startPorts: number[]): void {
    this.#places.push(...startPorts);
  }

  /** @internal */
  save(): SavedWinNat {
    return { blocks: this.#blocks, places: this.#places };
  }

  /** @internal */
  restore({ blocks, places }: SavedWinNat): void {
    this.#blocks = blocks.map(checkBlock);
    this.#places = [...places];
  }

  #placeAnew(block: PortBlock): PortBlock | undefined {
    const { protocol, startPort, numberOfPorts } = block;
    const pool = this.#state.pools[protocol];
    const range = contains(pool.dynamicRange, startPort) ? pool.dynamicRange : lowPorts;
    const planned = this.#places.shift();
    const within = planned === undefined || contains(range, planned) ? range : wholeRange;
    const from = planned ?? range.startPort + randomInt(range.numberOfPorts);
    let found = pool.findFreeRun(numberOfPorts, within, from);
    // Another place than before, unless the place was asked for or there is no other.
    if (found === startPort && planned === undefined) {
      found = pool.findFreeRun(numberOfPorts, within, Math.min(endOf(block), endOf(within) - 1));
    }
    if (found === undefined) return undefined;
    const placed = { protocol, startPort: found, numberOfPorts };
    this.#hold(placed);
    return placed;
  }

  #hold(block: PortBlock): void {
    this.#state.addReservation({ ...block, kind: 'foreign' });
  }

  #free(block: PortBlock): void {
    const reservation = this.#state.pools[block.protocol].reservationOf(block);
    if (reservation?.kind === 'foreign') this.#state.endReservation(reservation, true);
  }
}

const wholeRange: PortRange = { startPort: 1, numberOfPorts: 65_535 };
