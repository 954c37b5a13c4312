// SPDX-License-Identifier: MIT
import { errorFromFailure, isCallFailure } from '../common/errors.js';
import { getBinding } from '../windows/binding.js';

/**
 * Reads a number from the registry, below HKEY_LOCAL_MACHINE.
 *
 * Needs no elevation for most keys. Calls `RegGetValueW`, which takes only a REG_DWORD.
 *
 * @param key - For instance `SYSTEM\CurrentControlSet\Services\Tcpip\Parameters`.
 * @param valueName - For instance `MaxUserPort`.
 * @returns The number; undefined where the key or the value does not exist.
 * @throws {@link PortReservationError} `ERROR_ACCESS_DENIED`. `ERR_UNSUPPORTED_PLATFORM`, `ERR_ADDON_NOT_LOADED`, or
 * another error of the call, for instance where the value is not a number.
 * @example
 * const major = await readRegistryNumber('SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion', 'CurrentMajorVersionNumber');
 */
export async function readRegistryNumber(key: string, valueName: string): Promise<number | undefined> {
  const result = await getBinding().readRegistryNumber(key, valueName);
  if (isCallFailure(result)) throw errorFromFailure(getBinding(), result, {});
  return result;
}

/**
 * Reads `MaxUserPort`. An administrator or a program such as Exchange sets it to widen the dynamic range: after a restart,
 * Windows chooses ports from 1024 on.
 *
 * Needs no elevation. Calls `RegGetValueW`.
 *
 * @returns The last port that Windows may choose; undefined where it is not set, as on most machines.
 * @throws {@link PortReservationError} as {@link readRegistryNumber}.
 * @example
 * if ((await readMaxUserPort()) !== undefined) console.warn('The dynamic range begins low.');
 */
export function readMaxUserPort(): Promise<number | undefined> {
  return readRegistryNumber('SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters', 'MaxUserPort');
}
