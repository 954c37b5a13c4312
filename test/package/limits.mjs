// SPDX-License-Identifier: MIT
// Every number that the package is held to.
import { hangLimitMs } from '../shared/time-limits.mjs';

const kilobyte = 1024;

/**
 * The largest sizes in bytes, with room to grow by about a third. Those of a release are for three binaries of Microsoft's
 * linker, each with a C++ runtime of its own.
 */
export const sizeLimits = {
  cross: {
    addon: 120 * kilobyte,
    tarball: 250 * kilobyte,
    installed: 900 * kilobyte,
    installedWithDependencies: 1200 * kilobyte,
  },
  msvc: {
    addon: 400 * kilobyte,
    tarball: 700 * kilobyte,
    installed: 1900 * kilobyte,
    installedWithDependencies: 2200 * kilobyte,
  },
};

/** After how many seconds a process that a check has started is killed. */
export const hangLimitSeconds = hangLimitMs / 1000;

/** The versions of Node-API whose functions a binary may import: every Node that `engines` allows has them. */
export const newestNodeApi = 9;
