// SPDX-License-Identifier: MIT
import type { NativeBinding } from './native-binding.js';
import type { Netsh } from './netsh.js';
import type { SharedMachine } from '../simulator/shared-machine.js';

export interface InstalledWindows {
  readonly binding: NativeBinding;
  readonly netsh: Netsh;
  /** What puts another thread of this process on the same machine; undefined where it cannot be shared. */
  readonly share: (() => SharedMachine) | undefined;
}

/**
 * What is in front of the addon and of the system's netsh; the last one has the say. In a file that loads nothing, for
 * those who only want to know whether there is one.
 */
export const installed: InstalledWindows[] = [];
