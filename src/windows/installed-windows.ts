// SPDX-License-Identifier: MIT
import type { NativeBinding } from './native-binding.js';
import type { Netsh } from './netsh.js';
import type { RunTool } from './tools.js';

export interface InstalledWindows {
  readonly binding: NativeBinding;
  readonly netsh: Netsh;
  /**
   * Gives the data with which another thread of this process joins the same machine; only the simulator reads it.
   * Undefined where the machine cannot be shared.
   */
  readonly share?: (() => object) | undefined;
  /** Runs wsl.exe and docker.exe; undefined where those of the machine underneath serve. */
  readonly runTool?: RunTool | undefined;
}

/**
 * Lists the machines in front of the addon and of the system's netsh; calls go to the last one. This file loads nothing,
 * so a module can cheaply ask whether a machine is installed.
 */
export const installed: InstalledWindows[] = [];
