// SPDX-License-Identifier: MIT
import { errorFromFailure, packageError } from '../common/errors.js';
import { installed, type InstalledWindows } from './installed-windows.js';
import { loadAddon } from './load-addon.js';
import type { NativeBinding } from './native-binding.js';
import type { Netsh, NetshSettings } from './netsh.js';
import type { RunTool } from './tools.js';

let addon: NativeBinding | undefined;
let netshSettings: NetshSettings = {};
const systemNetsh: Netsh = async (args) => {
  const { createNetsh } = await import('./netsh.js');
  return createNetsh(netshSettings)(args);
};
const runSystemTool: RunTool = async (...command) => {
  const { createTools } = await import('./tools.js');
  return createTools()(...command);
};

/**
 * Tells whether this process can reserve ports: true on Windows, and on any system while a SimulatedWindows is installed.
 * It does not tell whether the process is elevated.
 */
export let isSupported = process.platform === 'win32';

/** Gives the binding that takes the calls: the installed simulator, or else the addon, which is loaded at its first use. */
export function getBinding(): NativeBinding {
  const inFront = installed.at(-1)?.binding ?? addon;
  if (inFront) return inFront;
  checkSupported();
  addon = loadAddon();
  return addon;
}

/** Gives the netsh that takes the commands: the simulator's, or else that of this Windows. It needs no addon. */
export function getNetsh(): Netsh {
  const inFront = installed.at(-1)?.netsh;
  if (inFront) return inFront;
  checkSupported();
  return systemNetsh;
}

/** Gives the function that runs wsl.exe and docker.exe: the simulator's, or else those of this Windows. */
export function getTools(): RunTool {
  const inFront = installed.findLast(({ runTool }) => runTool)?.runTool;
  if (inFront) return inFront;
  checkSupported();
  return runSystemTool;
}

/** Shortens the time limit of netsh, for a thread that ends before the usual limit and could not kill netsh afterwards. */
export function limitNetsh(timeLimitMs: number): void {
  netshSettings = { timeLimitMs };
}

function checkSupported(): void {
  if (isSupported) return;
  throw packageError(
    'ERR_UNSUPPORTED_PLATFORM',
    `This is ${process.platform}, and only Windows reserves ports. To try or test this program here, ` +
      'run it with "node --import win-port-reservation/simulate", or install a SimulatedWindows from ' +
      '"win-port-reservation/simulator".',
  );
}

/** Puts a binding in front of the addon, and its programs in front of the system's; returns the function that removes all. */
export function installBinding(
  binding: NativeBinding,
  netsh: Netsh,
  others: Pick<InstalledWindows, 'share' | 'runTool'> = {},
): () => void {
  const windows = { binding, netsh, ...others };
  installed.push(windows);
  isSupported = true;
  return () => {
    const index = installed.indexOf(windows);
    // A second call must not remove another one.
    if (index !== -1) installed.splice(index, 1);
    isSupported = process.platform === 'win32' || installed.length > 0;
  };
}

/**
 * Tells whether this process is elevated: only then may it create and delete persistent reservations and bind with their
 * tokens.
 *
 * Calls `GetTokenInformation(TokenElevation)`. Needs no elevation.
 *
 * @returns True where the process is elevated.
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
