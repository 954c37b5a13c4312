// SPDX-License-Identifier: MIT
// The time limits of all tests. They only end what hangs: each is many times what the slowest test takes on a quiet
// machine, so that no result depends on how fast a machine is or what else it does.

/** For one test, one wait, or one process that a test starts. */
export const hangLimitMs = 10 * 60_000;

/** For a wait inside a test: it ends before the test does, and says what it waited for. */
export const pollLimitMs = hangLimitMs / 2;

/** For a whole run: after so long without a word it hangs. A test that hangs, and its retry, end before. */
export const silenceLimitMs = 3 * hangLimitMs;
