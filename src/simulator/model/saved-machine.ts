// SPDX-License-Identifier: MIT
import type { PortBlock, PortRange, Protocol } from '../../common/ports.js';
import type { Assumptions } from './assumptions.js';
import { type HostPorts, MachineState } from './machine-state.js';
import type { BoundTo, ProcessRecord, Reservation, SocketRecord, UnlistedReservation } from './records.js';
import type { SavedSurroundings } from './surroundings.js';

/** The whole state of a simulated machine in a form that JSON can hold: tokens are decimal strings. */
export interface SavedMachine {
  readonly version: 2;
  /** The dynamic ranges in effect. */
  readonly dynamicRanges: Readonly<Record<Protocol, PortRange>>;
  /** The dynamic ranges that netsh set. */
  readonly setRanges: Readonly<Record<Protocol, PortRange>>;
  readonly assumptions: Partial<Assumptions>;
  /** Default `same`. */
  readonly hostPorts?: HostPorts;
  readonly nextId: number;
  readonly nextDynamicPort: Readonly<Record<Protocol, number>>;
  readonly nextTokens: readonly string[];
  readonly failures: Readonly<Record<string, readonly number[]>>;
  readonly delays: Readonly<Record<string, readonly number[]>>;
  readonly processes: readonly SavedProcess[];
  readonly sockets: readonly SavedSocket[];
  readonly reservations: readonly SavedReservation[];
  /** The exclusions that begin at the next restart. */
  readonly dormant?: readonly PortBlock[];
  readonly unlisted: readonly UnlistedReservation[];
  readonly surroundings: SavedSurroundings;
}

/** All but what lives around the ports. */
export type SavedPorts = Omit<SavedMachine, 'surroundings'>;

/** The parts of the state that are lists of records, of which there may be many. */
export type SavedRecords = Pick<SavedMachine, 'processes' | 'sockets' | 'reservations' | 'unlisted'>;

/** The other parts of the state that can change. */
export type SavedValues = Omit<SavedPorts, keyof SavedRecords | 'version' | 'assumptions'>;

type SavedProcess = Omit<ProcessRecord, 'createdAt'> & { readonly createdAt: string };

interface SavedSocket {
  readonly id: number;
  readonly processId: number;
  readonly protocol: Protocol;
  readonly family: 4 | 6;
  readonly associated?: string;
  readonly bound?: BoundTo;
  readonly thread: number;
}

interface SavedReservation extends PortBlock {
  readonly kind: Reservation['kind'];
  readonly token?: string;
  /** False for an exclusion that ends at the next restart. */
  readonly stored?: boolean;
  /** The id of the socket that acquired a runtime reservation. */
  readonly owner?: number;
}

export function saveMachine(state: MachineState): SavedPorts {
  const pools = Object.values(state.pools);
  return {
    version: 2,
    assumptions: { ...state.overrides },
    ...(state.hostPorts !== 'same' && { hostPorts: state.hostPorts }),
    ...saveValues(state),
    processes: [...state.processes.values()].map(saveProcess),
    sockets: state.sockets.list().map(saveSocket),
    reservations: pools.flatMap((pool) => pool.reservations()).map(saveReservation),
    unlisted: pools.flatMap((pool) => pool.unlisted()).map((reservation) => ({ ...reservation })),
  };
}

/** Saves all of the state that is not a record: its size does not depend on the number of records. */
export function saveValues(state: MachineState): SavedValues {
  const { tcp, udp } = state.pools;
  return {
    dynamicRanges: { tcp: tcp.dynamicRange, udp: udp.dynamicRange },
    setRanges: { ...state.setRanges },
    nextId: state.nextId,
    nextDynamicPort: { tcp: tcp.nextDynamicPort, udp: udp.nextDynamicPort },
    nextTokens: state.nextTokens.map(String),
    failures: state.failures.save(),
    delays: state.delays.save(),
    dormant: [...state.dormant],
  };
}

/** @throws Error for a value that no machine of this version saved. */
export function restoreMachine(saved: SavedPorts): MachineState {
  if (!isThisVersion(saved)) throw new Error('the saved machine has a version that cannot be restored');
  const { setRanges, assumptions, hostPorts = 'same' } = saved;
  const state = new MachineState({ dynamicRange: setRanges.tcp, assumptions, hostPorts });
  restoreValues(state, saved);
  restoreRecords(state, saved);
  return state;
}

/** Restores the given values and leaves the others as they are. */
export function restoreValues(state: MachineState, saved: Partial<SavedValues>): void {
  for (const protocol of ['tcp', 'udp'] as const) {
    const pool = state.pools[protocol];
    state.setRanges[protocol] = saved.setRanges?.[protocol] ?? state.setRanges[protocol];
    pool.dynamicRange = saved.dynamicRanges?.[protocol] ?? pool.dynamicRange;
    pool.nextDynamicPort = saved.nextDynamicPort?.[protocol] ?? pool.nextDynamicPort;
  }
  state.nextId = saved.nextId ?? state.nextId;
  if (saved.nextTokens) state.nextTokens.splice(0, Infinity, ...saved.nextTokens.map(BigInt));
  if (saved.failures) state.failures.restore(saved.failures);
  if (saved.delays) state.delays.restore(saved.delays);
  if (saved.dormant) {
    state.dormant.clear();
    for (const block of saved.dormant) state.dormant.add(block);
  }
}

/** Restores records of a machine that has none at their keys, except sockets, which get what they lack. */
export function restoreRecords(state: MachineState, saved: SavedRecords): void {
  for (const process of saved.processes) {
    state.processes.set(process.id, { ...process, createdAt: BigInt(process.createdAt) });
  }
  for (const socket of saved.sockets) restoreSocket(state, socket);
  // Restore reservations after the sockets, because runtime reservations refer to their owners.
  for (const reservation of saved.reservations) state.addReservation(restoreReservation(state, reservation));
  for (const unlisted of saved.unlisted) state.pools[unlisted.protocol].addUnlisted({ ...unlisted });
}

function isThisVersion(saved: { readonly version: number }): boolean {
  return saved.version === 2;
}

export function saveProcess(process: ProcessRecord): SavedProcess {
  return { ...process, createdAt: String(process.createdAt) };
}

export function saveSocket({ id, processId, protocol, family, associated, bound, thread }: SocketRecord): SavedSocket {
  return {
    id,
    processId,
    protocol,
    family,
    thread,
    ...(associated === undefined ? {} : { associated: String(associated) }),
    ...(bound === undefined ? {} : { bound }),
  };
}

function restoreSocket(state: MachineState, { associated, bound, ...socket }: SavedSocket): void {
  const record = state.sockets.get(socket.id) ?? state.sockets.open(socket);
  if (associated !== undefined) state.sockets.associate(record, BigInt(associated));
  // A socket is bound once.
  if (bound !== undefined && record.bound === undefined) state.bindSocket(record, bound);
}

export function saveReservation(reservation: Reservation): SavedReservation {
  const { kind, protocol, startPort, numberOfPorts } = reservation;
  const isTemporary = reservation.kind === 'administered' && !reservation.stored;
  const block = { kind, protocol, startPort, numberOfPorts, ...(isTemporary && { stored: false }) };
  if (reservation.kind === 'foreign' || reservation.token === undefined) return block;
  const token = String(reservation.token);
  return reservation.kind === 'runtime' ? { ...block, token, owner: reservation.owner.id } : { ...block, token };
}

function restoreReservation(state: MachineState, saved: SavedReservation): Reservation {
  const { kind, protocol, startPort, numberOfPorts, stored = true } = saved;
  const block = { protocol, startPort, numberOfPorts };
  const token = saved.token === undefined ? undefined : BigInt(saved.token);
  if (kind === 'foreign') return { ...block, kind };
  if (kind === 'administered') return { ...block, kind, token, stored };
  if (token === undefined) throw new Error(`the saved ${kind} reservation at port ${startPort} has no token`);
  if (kind === 'persistent') return { ...block, kind, token };
  const owner = state.sockets.get(saved.owner ?? 0);
  if (owner === undefined) throw new Error(`the saved ${kind} reservation at port ${startPort} has no owner`);
  return { ...block, kind, token, owner };
}
