// SPDX-License-Identifier: MIT
// The contract suite on the real addon and on Windows itself.
import { hangLimitMs, pollLimitMs } from '../shared/time-limits.mjs';

if (process.platform !== 'win32') {
  throw new Error(`This runs on Windows only, and this is ${process.platform}. Under Wine: node test/wine/ring.mjs`);
}
// They would make the suite take this machine for a simulated one.
for (const name of ['WIN_PORT_RESERVATION_MACHINE', 'WPR_CONTROL_PORT']) delete process.env[name];

export default {
  test: {
    include: ['test/contract/**/*.test.ts', 'test/windows/**/*.test.ts'],
    // One machine for all files.
    fileParallelism: false,
    testTimeout: hangLimitMs,
    hookTimeout: hangLimitMs,
    expect: { poll: { timeout: pollLimitMs } },
    // With the tests that are skipped, and why.
    reporters: ['verbose'],
  },
};
