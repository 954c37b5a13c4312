// SPDX-License-Identifier: MIT
import { take } from '../common/arguments.js';
import { installBinding } from '../windows/binding.js';
import { MemoryAccess, type MachineAccess } from './machine-access.js';
import type { SimulatedWindows } from './model/machine.js';
import { hookOrdinaryBinds } from './ordinary-binds.js';
import { simulatedBinding } from './simulated-binding.js';
import { simulatedNetsh } from './simulated-netsh.js';
import { simulatedTools } from './simulated-tools.js';

/** Says how this process runs on the machine. */
export interface InstallOptions {
  /** Whether this Node process counts as elevated on the machine. Default true. */
  readonly elevated?: boolean;
}

/** Keeps this Node process on a simulated machine until it is uninstalled. */
export interface Installation extends Disposable {
  /** Ends the process on the machine, which frees its ports, and restores Node's own binds. */
  uninstall(): void;
}

/**
 * Makes this Node process a process of the simulated machine: every call of win-port-reservation goes there, and an
 * ordinary `listen` or UDP bind inside a block that is reserved for others fails with EACCES, as on Windows. Sockets
 * are real sockets of the host. On Bun and Deno, sockets exist only on the machine, and ordinary binds are not refused.
 *
 * @throws Error if Node has no handle classes that the simulator knows; never a TypeError or RangeError.
 * @example
 * const windows = new SimulatedWindows();
 * const simulation = install(windows);
 * await createPersistentTcpPortReservation(5000, 20);
 * simulation.uninstall();
 */
export function install(windows: SimulatedWindows, options: InstallOptions = {}): Installation {
  const { elevated = true } = take('options', options, ['elevated']) as InstallOptions;
  const access = new MemoryAccess(windows, elevated);
  const undo = installAccess(access);
  let installed = true;
  const uninstall = (): void => {
    if (!installed) return;
    installed = false;
    undo();
    access.exit();
  };
  return { uninstall, [Symbol.dispose]: uninstall };
}

/** Sends the calls and the ordinary binds of this process to a machine; returns the function that undoes it. */
export function installAccess(access: MachineAccess): () => void {
  const unhook = hookOrdinaryBinds(access);
  const binding = simulatedBinding(access);
  const netsh = simulatedNetsh(access, (errorNumber) => binding.formatMessage(errorNumber));
  const runTool = simulatedTools(access);
  const uninstallBinding = installBinding(binding, netsh, { runTool, share: () => access.share() });
  return () => {
    uninstallBinding();
    unhook();
  };
}
