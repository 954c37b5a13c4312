// SPDX-License-Identifier: MIT
import type { Protocol } from '../../common/ports.js';
import type { MachineState } from './machine-state.js';
import type { Reservation, UnlistedReservation } from './records.js';
import {
  restoreRecords,
  restoreValues,
  type SavedMachine,
  type SavedRecords,
  type SavedValues,
  saveProcess,
  saveReservation,
  saveSocket,
  saveValues,
} from './saved-machine.js';
import type { Surroundings } from './surroundings.js';

/**
 * The difference between two states of a machine, in a form that JSON can hold. Its size depends on what has changed
 * and not on the size of the machine.
 */
export interface SavedChanges {
  /** The values that have changed, each whole. */
  readonly values: Partial<Values>;
  /** The records that are new or have changed, each whole. */
  readonly records: SavedRecords;
  /** The keys of the records that have ended: ids, and the first ports of blocks. */
  readonly ended: {
    readonly processes: readonly number[];
    readonly sockets: readonly number[];
    readonly reservations: readonly BlockKey[];
    readonly unlisted: readonly BlockKey[];
  };
}

type Values = SavedValues & Pick<SavedMachine, 'surroundings'>;

interface BlockKey {
  readonly protocol: Protocol;
  readonly startPort: number;
}

const protocols: readonly Protocol[] = ['tcp', 'udp'];

/** Follows one machine: tells its changes, and applies those of a machine that has gone on from the same state. */
export class MachineChanges {
  readonly #state: MachineState;
  readonly #around: Surroundings;
  /** The JSON of each value at the last look. */
  readonly #known = new Map<string, string>();

  constructor(state: MachineState, around: Surroundings) {
    this.#state = state;
    this.#around = around;
    for (const changed of this.#allChanged()) changed.follow();
    this.#takeValues();
  }

  /** Returns the changes since the last call, or since the start; undefined if there are none. */
  take(): SavedChanges | undefined {
    const { processes, sockets, changedProcesses } = this.#state;
    const values = this.#takeValues();
    const process = split(changedProcesses.take(), (id) => processes.get(id));
    const socket = split(sockets.changed.take(), (id) => sockets.get(id));
    const reservation = split(this.#takeBlocks('listed'), (key) => this.#listed(key));
    const unlisted = split(this.#takeBlocks('unlisted'), (key) => this.#unlisted(key));
    const all = [process, socket, reservation, unlisted];
    if (Object.keys(values).length === 0 && all.every(({ now, ended }) => now.length + ended.length === 0)) {
      return undefined;
    }
    return {
      values,
      records: {
        processes: process.now.map(saveProcess),
        sockets: socket.now.map(saveSocket),
        reservations: reservation.now.map(saveReservation),
        unlisted: unlisted.now,
      },
      ended: {
        processes: process.ended,
        sockets: socket.ended,
        reservations: reservation.ended,
        unlisted: unlisted.ended,
      },
    };
  }

  /** Brings the machine to the state in which the changes were taken. */
  apply({ values, records, ended }: SavedChanges): void {
    const state = this.#state;
    // End reservations before sockets, so that closing a socket ends nothing by itself, and end all blocks before the
    // new ones, whose ports may overlap those of the old ones.
    for (const key of [...ended.reservations, ...records.reservations]) {
      const block = this.#listed(key);
      if (block !== undefined) state.endReservation(block, true);
    }
    for (const key of [...ended.unlisted, ...records.unlisted]) {
      const block = this.#unlisted(key);
      if (block !== undefined) state.pools[key.protocol].deleteUnlisted(block);
    }
    for (const id of ended.sockets) {
      const socket = state.sockets.get(id);
      if (socket !== undefined) state.closeSocket(socket);
    }
    for (const id of ended.processes) state.processes.delete(id);
    restoreRecords(state, records);
    restoreValues(state, values);
    if (values.surroundings) this.#around.restore(values.surroundings);
    for (const changed of this.#allChanged()) changed.take();
    for (const [name, value] of Object.entries(values)) this.#known.set(name, JSON.stringify(value));
  }

  #takeValues(): Partial<Values> {
    const values: Values = { ...saveValues(this.#state), surroundings: this.#around.save() };
    const changed = Object.entries(values).filter(([name, value]) => {
      const json = JSON.stringify(value);
      const isNew = this.#known.get(name) !== json;
      this.#known.set(name, json);
      return isNew;
    });
    return Object.fromEntries(changed);
  }

  #takeBlocks(kind: 'listed' | 'unlisted'): BlockKey[] {
    return protocols.flatMap((protocol) =>
      this.#state.pools[protocol].blocks[kind].changed.take().map((startPort) => ({ protocol, startPort })),
    );
  }

  #listed({ protocol, startPort }: BlockKey): Reservation | undefined {
    return this.#state.pools[protocol].blocks.listed.startingAt(startPort);
  }

  #unlisted({ protocol, startPort }: BlockKey): UnlistedReservation | undefined {
    return this.#state.pools[protocol].blocks.unlisted.startingAt(startPort);
  }

  #allChanged() {
    const blocks = Object.values(this.#state.pools).flatMap((pool) => Object.values(pool.blocks));
    return [this.#state.changedProcesses, this.#state.sockets.changed, ...blocks.map(({ changed }) => changed)];
  }
}

/** Finds the records at the keys, and the keys that have none any more. */
function split<Key, Found>(
  keys: readonly Key[],
  find: (key: Key) => Found | undefined,
): { now: Found[]; ended: Key[] } {
  const now: Found[] = [];
  const ended: Key[] = [];
  for (const key of keys) {
    const found = find(key);
    if (found === undefined) ended.push(key);
    else now.push(found);
  }
  return { now, ended };
}
