// SPDX-License-Identifier: MIT
import { checkBoolean, checkSignal, invalidType, take, takeBlock } from '../common/arguments.js';
import type { PortBlock } from '../common/ports.js';
import type { ProtectedPorts, ProtectPortsOptions } from './protected-ports.js';

/**
 * Protects a block of ports for good: Windows, Hyper-V, WSL and Docker no longer take them, across restarts, and any
 * program binds them as before, elevated or not. It is an administered exclusion, made only where it can work, and verified.
 *
 * It looks first. Ports that are protected already are left as they are. Ports that a program, a container, a persistent
 * reservation or a virtual machine has are refused, with the name of the holder. A block of WinNAT is freed by stopping
 * WinNAT for a moment, if `stopWinNat` allows it: WSL is shut down, WinNAT is stopped, the ports are excluded, and WinNAT
 * is started again, whatever happens: a process of its own does so if this one is killed.
 *
 * Needs an elevated process, unless the ports are protected already. Calls `netsh interface ipv4 add excludedportrange`, and
 * for a block of WinNAT `ControlService`, `StartServiceW` and `wsl --shutdown`.
 *
 * @param block - `protocol` 'tcp' or 'udp'; `startPort` 1 to 65535; `numberOfPorts` 1 to 65535, so that it ends at 65535 or
 * before.
 * @param options - `stopWinNat`: default false. `shutDownWsl`: default true. `signal`: gives everything back when it
 * aborts. `onStep`: is told of each step.
 * @returns The changes made, and the programs that the user has to start again.
 * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE`: an argument is wrong; Windows was not asked.
 * @throws {@link PortReservationError} `ERR_WINNAT_BLOCK`: a block of WinNAT contains a port, and `stopWinNat` is not set.
 * `ERR_PORTS_TAKEN`: something else has a port, and `hint` says what; `blocks` has the listed ranges. `ERROR_ACCESS_DENIED`: not elevated.
 * `ERR_SERVICE_FAILED`: WinNAT did not stop, or does not start. `ERR_GUARD_FAILED`: the process that would start it again
 * could not be started, and WinNAT was not stopped. `ERR_NOT_PROTECTED`: Windows excluded the ports, and still refuses them.
 * The errors of {@link addExcludedPortRange}, {@link listPortOwners} and of the Service Control Manager.
 * @throws The reason of `signal` when it aborts.
 * @example
 * const { startAgain } = await protectPorts({ protocol: 'tcp', startPort: 3000, numberOfPorts: 1 }, { stopWinNat: true });
 * for (const what of startAgain) console.log(what);
 */
export async function protectPorts(block: PortBlock, options: ProtectPortsOptions = {}): Promise<ProtectedPorts> {
  const wanted = takeBlock('block', block);
  const given = take('options', options, ['stopWinNat', 'shutDownWsl', 'signal', 'onStep']);
  const { stopWinNat, shutDownWsl, signal, onStep } = given;
  if (stopWinNat !== undefined) checkBoolean('options.stopWinNat', stopWinNat);
  if (shutDownWsl !== undefined) checkBoolean('options.shutDownWsl', shutDownWsl);
  if (signal !== undefined) checkSignal('options.signal', signal);
  if (onStep !== undefined && typeof onStep !== 'function') throw invalidType('options.onStep', 'a function', onStep);

  const [{ protect }, { systemTools }] = await Promise.all([import('./protection.js'), import('./system-tools.js')]);
  return protect(wanted, given as ProtectPortsOptions, systemTools);
}

/** How to end the protection of ports. */
export interface UnprotectPortsOptions {
  /** Whether to delete an exclusion that {@link protectPorts} did not make. Default false. */
  readonly force?: boolean | undefined;
}

/**
 * Ends the protection of a block of ports. It deletes the exclusions that {@link protectPorts} made for exactly this block, and
 * refuses others: a stock Windows excludes 50000-50059 itself. The records of what was made are files under
 * `%ProgramData%\win-port-reservation`.
 *
 * Programs that have bound the ports keep them.
 *
 * Needs an elevated process. Calls `netsh interface ipv4 delete excludedportrange`.
 *
 * @param block - `protocol`, `startPort` and `numberOfPorts`, as they were protected.
 * @param options - `force`: deletes the exclusion of exactly these ports, whoever made it; default false.
 * @returns The blocks that were excluded and no longer are.
 * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE`: an argument is wrong; Windows was not asked.
 * @throws {@link PortReservationError} `ERR_FOREIGN_EXCLUSION`: the ports are excluded, and not by this package.
 * `ERROR_NOT_FOUND`: they are not excluded. `ERROR_ACCESS_DENIED`: not elevated. The errors of
 * {@link deleteExcludedPortRange}.
 * @example
 * await unprotectPorts({ protocol: 'tcp', startPort: 3000, numberOfPorts: 1 });
 */
export async function unprotectPorts(
  block: PortBlock,
  options: UnprotectPortsOptions = {},
): Promise<readonly PortBlock[]> {
  const wanted = takeBlock('block', block);
  const { force = false } = take('options', options, ['force']);
  checkBoolean('options.force', force);
  const { unprotect } = await import('./unprotection.js');
  return unprotect(wanted, force);
}
