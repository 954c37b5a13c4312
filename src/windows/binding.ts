// SPDX-License-Identifier: MIT
import { errorFromFailure, packageError } from '../common/errors.js';
import { installed, type InstalledWindows } from './installed-windows.js';
import { loadAddon } from './load-addon.js';
import type { NativeBinding } from './native-binding.js';
import type { Netsh, NetshSettings } from './netsh.js';

let addon: NativeBinding | undefined;
let netshSettings: NetshSettings = {};
const systemNetsh: Netsh = async (args) => {
  const { createNetsh } = await import('./netsh.js');
  return createNetsh(netshSettings)(args);
};

/**
 * Whether port reservations can be had in this process: true on Windows, and on any system while SimulatedWindows is
 * installed. It says nothing about elevation.
 */
export let isSupported = process.platform === 'win32';

/** What the calls go to: the installed simulator, or else the addon, loaded when it is first needed. */
export function getBinding(): NativeBinding {
  const inFront = installed.at(-1)?.binding ?? addon;
  if (inFront) return inFront;
  checkSupported();
  addon = loadAddon();
  return addon;
}

/** What netsh commands go to: that of the installed simulator, or else that of this Windows. It needs no addon. */
export function getNetsh(): Netsh {
  const inFront = installed.at(-1)?.netsh;
  if (inFront) return inFront;
  checkSupported();
  return systemNetsh;
}

/** Has the netsh of this Windows killed earlier, for a thread that ends earlier: nobody would kill it then. */
export function limitNetsh(timeLimitMs: number): void {
  netshSettings = { timeLimitMs };
}

function checkSupported(): void {
  if (isSupported) return;
  throw packageError(
    'ERR_UNSUPPORTED_PLATFORM',
    `This is ${process.platform}; port reservations are a feature of Windows. To try or test this program here, ` +
      'run it with "node --import win-port-reservation/simulate", or install a SimulatedWindows from ' +
      '"win-port-reservation/simulator".',
  );
}

/** Puts a binding in front of the addon, and its netsh in front of the system's; returns what takes them away again. */
export function installBinding(binding: NativeBinding, netsh: Netsh, share?: InstalledWindows['share']): () => void {
  const windows = { binding, netsh, share };
  installed.push(windows);
  isSupported = true;
  return () => {
    installed.splice(installed.indexOf(windows), 1);
    isSupported = process.platform === 'win32' || installed.length > 0;
  };
}

/**
 * Whether this process is elevated, that is, may create and delete persistent reservations and bind with their tokens.
 *
 * Calls `GetTokenInformation(TokenElevation)`. Needs no elevation.
 *
 * @returns True where it is.
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
