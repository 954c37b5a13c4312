// SPDX-License-Identifier: MIT
import type { NativeBinding } from './native-binding.js';
import type { Netsh } from './netsh.js';

export interface InstalledWindows {
  readonly binding: NativeBinding;
  readonly netsh: Netsh;
  /**
   * Gives what another thread of this process needs to join the same machine: plain data that only the simulator reads.
   * Undefined where the machine cannot be shared.
   */
  readonly share: (() => object) | undefined;
}

/**
 * What is in front of the addon and of the system's netsh; the last one has the say. In a file that loads nothing, for
 * those who only want to know whether there is one.
 */
export const installed: InstalledWindows[] = [];
