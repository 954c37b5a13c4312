// SPDX-License-Identifier: MIT
import { onTestFinished } from 'vitest';
import { install, type Installation, type InstallOptions, type SimulatedWindows } from '../../src/simulator/index.js';

let current: Installation | undefined;

/** Installs a machine in the place of the one before, and until the test ends. Call it in a test or in `beforeEach`. */
export function installForTest(machine: SimulatedWindows, options?: InstallOptions): void {
  current?.uninstall();
  const installation = install(machine, options);
  current = installation;
  onTestFinished(() => {
    installation.uninstall();
  });
}
