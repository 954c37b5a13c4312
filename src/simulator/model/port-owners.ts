// SPDX-License-Identifier: MIT
import type { Protocol } from '../../common/ports.js';
import type { MachineState } from './machine-state.js';
import type { SocketRecord } from './records.js';

/** A socket that is bound, and whose it is. */
export interface BoundSocketRow {
  readonly family: 4 | 6;
  readonly address: string;
  readonly port: number;
  readonly processId: number;
  readonly imageName: string;
}

/** Every address that a socket of this protocol is bound to, or at this port of it; IPv4 before IPv6, by ascending ports. */
export function portOwnersOf(state: MachineState, protocol: Protocol, port?: number): BoundSocketRow[] {
  return [...state.sockets.bound(protocol, port)]
    .sort((one, other) => one.id - other.id)
    .flatMap((socket) => ownersOf(state, socket))
    .sort((one, other) => one.family - other.family || one.port - other.port);
}

function ownersOf(state: MachineState, { bound, family, processId: id }: SocketRecord): BoundSocketRow[] {
  const process = state.processes.get(id);
  if (bound === undefined || process === undefined) return [];
  const { processId, imageName } = process;
  // The address of a socket that shares its port is not known here.
  const addresses = bound.addresses.length > 0 ? bound.addresses : [family === 4 ? '0.0.0.0' : '::'];
  return addresses.map((address) => {
    const familyOfAddress = address.includes(':') ? 6 : 4;
    return { family: familyOfAddress, address, port: bound.port, processId, imageName };
  });
}
