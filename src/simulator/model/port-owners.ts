// SPDX-License-Identifier: MIT
import type { Protocol } from '../../common/ports.js';
import type { MachineState } from './machine-state.js';
import type { SocketRecord } from './records.js';

/** A bound socket and its process. */
export interface BoundSocketRow {
  readonly family: 4 | 6;
  readonly address: string;
  readonly port: number;
  readonly processId: number;
  readonly imageName: string;
}

/**
 * Lists every address that a socket of this protocol is bound to, at all ports or at one; IPv4 before IPv6, by
 * ascending ports.
 */
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
  // The model does not know the address of a socket that shares its port.
  const addresses = bound.addresses.length > 0 ? bound.addresses : [family === 4 ? '0.0.0.0' : '::'];
  return addresses.map((address) => {
    const familyOfAddress = address.includes(':') ? 6 : 4;
    return { family: familyOfAddress, address, port: bound.port, processId, imageName };
  });
}
