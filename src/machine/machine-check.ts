// SPDX-License-Identifier: MIT
import type { PortAdvice } from '../explain/port-explanation.js';

/** The subject of a {@link MachineCheck}. */
export type MachineCheckName =
  | 'dynamic-range'
  | 'max-user-port'
  | 'ports'
  | 'guest-ports'
  | 'servers'
  | 'wsl'
  | 'docker'
  | 'winnat'
  | 'hns'
  | 'http'
  | 'elevation'
  | 'addon'
  | 'netsh'
  | 'node'
  | 'node-options';

/** One finding about the machine. */
export interface MachineCheck {
  readonly name: MachineCheckName;
  /**
   * `problem`: it keeps programs from ports, or this package from working. `warning`: it may do so one day, or for some
   * programs. `unknown`: Windows could not be asked, and `sentence` says why.
   */
  readonly state: 'ok' | 'warning' | 'problem' | 'unknown';
  /** The finding in one or two sentences. */
  readonly sentence: string;
  /** The thing to do; absent where there is nothing to do. */
  readonly advice?: PortAdvice;
  /** The line of an environment to copy, for instance `NODE_OPTIONS=...`. */
  readonly setting?: string;
}
