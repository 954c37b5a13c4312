// SPDX-License-Identifier: MIT
import { errorFromFailure, packageError } from './errors.js';
import { loadAddon } from './load-addon.js';
import type { NativeBinding } from './native-binding.js';

let addon: NativeBinding | undefined;
let installed: NativeBinding | undefined;

/**
 * Whether port reservations can be had in this process: true on Windows, and on any system while SimulatedWindows is
 * installed. It says nothing about elevation.
 */
export let isSupported = process.platform === 'win32';

/** What the calls go to: the installed simulator, or else the addon, loaded when it is first needed. */
export function getBinding(): NativeBinding {
  if (installed) return installed;
  if (addon) return addon;
  if (!isSupported) {
    throw packageError(
      'ERR_UNSUPPORTED_PLATFORM',
      `This is ${process.platform}; port reservations are a feature of Windows. To try or test this program here, ` +
        'run it with "node --import win-port-reservation/simulate", or install a SimulatedWindows from ' +
        '"win-port-reservation/simulator".',
    );
  }
  addon = loadAddon();
  return addon;
}

/** Puts a binding in front of the addon; returns what takes it away again. */
export function installBinding(binding: NativeBinding): () => void {
  const before = installed;
  installed = binding;
  isSupported = true;
  return () => {
    installed = before;
    isSupported = process.platform === 'win32' || before !== undefined;
  };
}

/**
 * Whether this process is elevated, that is, may create and delete persistent reservations and bind with their tokens.
 *
 * Stands on `GetTokenInformation(TokenElevation)`. Needs no elevation.
 *
 * @throws {@link PortReservationError} `ERR_UNSUPPORTED_PLATFORM` off Windows, `ERR_ADDON_NOT_LOADED`, or the error of
 * the call, which is not known to fail.
 * @example
 * if (!isElevated()) console.error('Run this installer as administrator.');
 */
export function isElevated(): boolean {
  const binding = getBinding();
  const elevated = binding.isElevated();
  if (typeof elevated !== 'boolean') throw errorFromFailure(binding, elevated, {});
  return elevated;
}
