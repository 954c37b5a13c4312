// SPDX-License-Identifier: MIT
// The time limits of all tests. They only end tests that hang: each limit is many times the duration of the slowest
// test on an idle machine, so that no result depends on the speed or the load of the machine.

/** The limit for one test, one wait, or one process that a test starts. */
export const hangLimitMs = 10 * 60_000;

/** The limit for a wait inside a test: it ends before the test does, and says what it waited for. */
export const pollLimitMs = hangLimitMs / 2;

/** The limit for a whole run without output. A test that hangs, and its retry, end before it. */
export const silenceLimitMs = 3 * hangLimitMs;
