// SPDX-License-Identifier: MIT
import type { ExcludedPortRange, PortBlock } from '../common/ports.js';
import type { ProtectionProgress } from './run-plan.js';

/** How to protect ports. */
export interface ProtectPortsOptions {
  /**
   * Whether WinNAT may be stopped and started again where one of its blocks contains a port. WSL, Docker and virtual machines
   * have no network meanwhile. Default false: {@link protectPorts} rejects with `ERR_WINNAT_BLOCK` and says what it would cut off.
   */
  readonly stopWinNat?: boolean | undefined;
  /**
   * Whether to shut WSL down before WinNAT is stopped. Default true: a distribution that runs on has no network after the
   * restart of WinNAT, until WSL is restarted.
   */
  readonly shutDownWsl?: boolean | undefined;
  /** Ends the protection early: what was excluded is given back, and WinNAT is started again. */
  readonly signal?: AbortSignal | undefined;
  /** Called when a step begins, and while it is waited for. An error that it throws ends the protection as `signal` does. */
  readonly onStep?: ((progress: ProtectionProgress) => void) | undefined;
}

/** Ports that Windows, Hyper-V, WSL and Docker leave alone, and that any program can bind by number. */
export interface ProtectedPorts extends PortBlock {
  /** The blocks that were excluded now; none where the ports were protected already. */
  readonly excluded: readonly PortBlock[];
  /** Whether WinNAT was stopped and started again. */
  readonly restartedWinNat: boolean;
  /** The blocks of WinNAT that contained ports. */
  readonly freed: readonly ExcludedPortRange[];
  /** The ranges that are reserved since WinNAT was started again; none where it took none within seconds. */
  readonly takenInstead: readonly ExcludedPortRange[];
  /** The things that the user now has to start again, each in a few words. */
  readonly startAgain: readonly string[];
}
