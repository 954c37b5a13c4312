// SPDX-License-Identifier: MIT
import { checkPorts } from '../common/arguments.js';
import { getBinding } from '../windows/binding.js';
import { htons } from '../windows/byte-order.js';
import { errorFromFailure, isCallFailure } from '../common/errors.js';
import type { NativeBinding } from '../windows/native-binding.js';
import type { Protocol } from '../common/ports.js';
import { nameTakers } from './taken.js';

type Direction = 'create' | 'delete' | 'lookup';
type PersistentName<D extends Direction> = `${D}Persistent${'Tcp' | 'Udp'}PortReservation`;

/** Checks the block, makes the call and turns a refusal into an error. */
async function callPersistent<D extends Direction>(
  name: PersistentName<D>,
  protocol: Protocol,
  startPort: number,
  numberOfPorts: number,
): Promise<Exclude<Awaited<ReturnType<NativeBinding[PersistentName<D>]>>, object>> {
  checkPorts(startPort, numberOfPorts);
  const binding = getBinding();
  const result = await binding[name](htons(startPort), numberOfPorts);
  if (isCallFailure(result)) {
    const block = { protocol, startPort, numberOfPorts };
    const error = errorFromFailure(binding, result, block);
    const isTaken = name.startsWith('create') && error.code === 'ERROR_SHARING_VIOLATION';
    throw isTaken ? await nameTakers(error, block) : error;
  }
  return result as Exclude<Awaited<ReturnType<NativeBinding[PersistentName<D>]>>, object>;
}

/**
 * Reserves a block of consecutive TCP ports until it is deleted, across restarts of Windows.
 *
 * Needs an elevated process. Calls `CreatePersistentTcpPortReservation` of IP Helper.
 *
 * @param startPort - First port of the block, host byte order, 1 to 65535.
 * @param numberOfPorts - The number of ports, 1 to 65535; the block must end at 65535 or before.
 * @returns The token: associate a socket with it to bind the socket inside the block. The token may change with each
 * restart of Windows, so never store it: look it up.
 * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE`: an argument is wrong; Windows was not asked.
 * @throws {@link PortReservationError} `ERROR_ACCESS_DENIED`: not elevated. `ERROR_SHARING_VIOLATION`: a port of the
 * block is in use or reserved, perhaps by the same block; the message and `blocks` say by what. `ERROR_INVALID_PARAMETER`: Windows refused the block.
 * `ERR_UNSUPPORTED_PLATFORM`: not Windows. `ERR_ADDON_NOT_LOADED`.
 * @example
 * const token = await createPersistentTcpPortReservation(5000, 20);
 */
export async function createPersistentTcpPortReservation(startPort: number, numberOfPorts: number): Promise<bigint> {
  return callPersistent<'create'>('createPersistentTcpPortReservation', 'tcp', startPort, numberOfPorts);
}

/**
 * Reserves a block of consecutive UDP ports until it is deleted, across restarts of Windows.
 *
 * Needs an elevated process. Calls `CreatePersistentUdpPortReservation` of IP Helper.
 *
 * @param startPort - First port of the block, host byte order, 1 to 65535.
 * @param numberOfPorts - The number of ports, 1 to 65535; the block must end at 65535 or before.
 * @returns The token of the block; see {@link createPersistentTcpPortReservation}.
 * @throws TypeError, RangeError, {@link PortReservationError} as {@link createPersistentTcpPortReservation}:
 * `ERR_INVALID_ARG_TYPE`, `ERR_OUT_OF_RANGE`, `ERROR_ACCESS_DENIED`, `ERROR_SHARING_VIOLATION`,
 * `ERROR_INVALID_PARAMETER`, `ERR_UNSUPPORTED_PLATFORM`, `ERR_ADDON_NOT_LOADED`.
 * @example
 * const token = await createPersistentUdpPortReservation(27015, 4);
 */
export async function createPersistentUdpPortReservation(startPort: number, numberOfPorts: number): Promise<bigint> {
  return callPersistent<'create'>('createPersistentUdpPortReservation', 'udp', startPort, numberOfPorts);
}

/**
 * Deletes a persistent reservation of TCP ports.
 *
 * Needs an elevated process. Calls `DeletePersistentTcpPortReservation` of IP Helper.
 *
 * @param startPort - First port of the block as it was created, host byte order, 1 to 65535.
 * @param numberOfPorts - The number of ports, as when it was created, 1 to 65535.
 * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE`: an argument is wrong; Windows was not asked.
 * @throws {@link PortReservationError} `ERROR_ACCESS_DENIED`: not elevated. `ERROR_NOT_FOUND`: no reservation has
 * exactly this first port and number of ports. `ERROR_INVALID_PARAMETER`. `ERR_UNSUPPORTED_PLATFORM`.
 * `ERR_ADDON_NOT_LOADED`.
 * @example
 * await deletePersistentTcpPortReservation(5000, 20);
 */
export async function deletePersistentTcpPortReservation(startPort: number, numberOfPorts: number): Promise<void> {
  await callPersistent<'delete'>('deletePersistentTcpPortReservation', 'tcp', startPort, numberOfPorts);
}

/**
 * Deletes a persistent reservation of UDP ports.
 *
 * Needs an elevated process. Calls `DeletePersistentUdpPortReservation` of IP Helper.
 *
 * @param startPort - First port of the block as it was created, host byte order, 1 to 65535.
 * @param numberOfPorts - The number of ports, as when it was created, 1 to 65535.
 * @throws TypeError, RangeError, {@link PortReservationError} as {@link deletePersistentTcpPortReservation}:
 * `ERR_INVALID_ARG_TYPE`, `ERR_OUT_OF_RANGE`, `ERROR_ACCESS_DENIED`, `ERROR_NOT_FOUND`, `ERROR_INVALID_PARAMETER`,
 * `ERR_UNSUPPORTED_PLATFORM`, `ERR_ADDON_NOT_LOADED`.
 * @example
 * await deletePersistentUdpPortReservation(27015, 4);
 */
export async function deletePersistentUdpPortReservation(startPort: number, numberOfPorts: number): Promise<void> {
  await callPersistent<'delete'>('deletePersistentUdpPortReservation', 'udp', startPort, numberOfPorts);
}

/**
 * Finds the token of a persistent reservation of TCP ports.
 *
 * Needs no elevation, though binding with the token does. Calls `LookupPersistentTcpPortReservation` of IP Helper.
 *
 * @param startPort - First port of the block as it was created, host byte order, 1 to 65535.
 * @param numberOfPorts - The number of ports, as when it was created, 1 to 65535.
 * @returns The token, which is valid until the next restart of Windows.
 * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE`: an argument is wrong; Windows was not asked.
 * @throws {@link PortReservationError} `ERROR_NOT_FOUND`: no reservation has exactly this first port and number of
 * ports. `ERROR_INVALID_PARAMETER`. `ERR_UNSUPPORTED_PLATFORM`. `ERR_ADDON_NOT_LOADED`.
 * @example
 * const token = await lookupPersistentTcpPortReservation(5000, 20);
 */
export async function lookupPersistentTcpPortReservation(startPort: number, numberOfPorts: number): Promise<bigint> {
  return callPersistent<'lookup'>('lookupPersistentTcpPortReservation', 'tcp', startPort, numberOfPorts);
}

/**
 * Finds the token of a persistent reservation of UDP ports.
 *
 * Needs no elevation, though binding with the token does. Calls `LookupPersistentUdpPortReservation` of IP Helper.
 *
 * @param startPort - First port of the block as it was created, host byte order, 1 to 65535.
 * @param numberOfPorts - The number of ports, as when it was created, 1 to 65535.
 * @returns The token, which is valid until the next restart of Windows.
 * @throws TypeError, RangeError, {@link PortReservationError} as {@link lookupPersistentTcpPortReservation}:
 * `ERR_INVALID_ARG_TYPE`, `ERR_OUT_OF_RANGE`, `ERROR_NOT_FOUND`, `ERROR_INVALID_PARAMETER`,
 * `ERR_UNSUPPORTED_PLATFORM`, `ERR_ADDON_NOT_LOADED`.
 * @example
 * const token = await lookupPersistentUdpPortReservation(27015, 4);
 */
export async function lookupPersistentUdpPortReservation(startPort: number, numberOfPorts: number): Promise<bigint> {
  return callPersistent<'lookup'>('lookupPersistentUdpPortReservation', 'udp', startPort, numberOfPorts);
}

/** Gives the six functions by protocol and verb. */
export const persistentCalls = {
  tcp: {
    create: createPersistentTcpPortReservation,
    lookup: lookupPersistentTcpPortReservation,
    delete: deletePersistentTcpPortReservation,
  },
  udp: {
    create: createPersistentUdpPortReservation,
    lookup: lookupPersistentUdpPortReservation,
    delete: deletePersistentUdpPortReservation,
  },
} as const;
