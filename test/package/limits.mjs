// SPDX-License-Identifier: MIT
// All limits that the package must keep.
import { hangLimitMs } from '../shared/time-limits.mjs';

const kilobyte = 1024;

/**
 * The largest sizes in bytes, with room to grow by about a third. The sizes of a release include three binaries of
 * Microsoft's linker, each with its own C++ runtime.
 */
export const sizeLimits = {
  cross: {
    addon: 120 * kilobyte,
    tarball: 450 * kilobyte,
    installed: 1600 * kilobyte,
    installedWithDependencies: 2000 * kilobyte,
  },
  msvc: {
    addon: 400 * kilobyte,
    tarball: 900 * kilobyte,
    installed: 2600 * kilobyte,
    installedWithDependencies: 3000 * kilobyte,
  },
};

/** The number of seconds after which a process of a check is killed. */
export const hangLimitSeconds = hangLimitMs / 1000;

/** The versions of Node-API whose functions a binary may import: every Node that `engines` allows has them. */
export const newestNodeApi = 9;
