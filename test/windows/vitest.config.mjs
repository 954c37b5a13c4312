// SPDX-License-Identifier: MIT
// Runs the contract suite on the real addon and on Windows itself.
import { hangLimitMs, pollLimitMs } from '../shared/time-limits.mjs';

if (process.platform !== 'win32') {
  throw new Error(`This runs on Windows only, and this is ${process.platform}. Under Wine: node test/wine/ring.mjs`);
}
// These variables would make the suite take this machine for a simulated one.
for (const name of ['WIN_PORT_RESERVATION_MACHINE', 'WPR_CONTROL_PORT']) delete process.env[name];

export default {
  test: {
    include: ['test/contract/**/*.test.ts', 'test/windows/**/*.test.ts'],
    // All files share one machine.
    fileParallelism: false,
    testTimeout: hangLimitMs,
    hookTimeout: hangLimitMs,
    expect: { poll: { timeout: pollLimitMs } },
    // Shows the skipped tests, with the reason.
    reporters: ['verbose'],
  },
};
