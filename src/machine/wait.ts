// SPDX-License-Identifier: MIT
import { setTimeout } from 'node:timers/promises';

/** The time, which tests replace. */
export interface Clock {
  /** Milliseconds since any moment; never goes back. */
  now(): number;
  /** Rejects with the reason of the signal when that aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  async sleep(milliseconds, signal) {
    try {
      await setTimeout(milliseconds, undefined, { signal });
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
};

export interface WaitOptions {
  readonly clock: Clock;
  readonly limitMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Called before each pause. */
  readonly onWait?: ((waitedMs: number) => void) | undefined;
}

const shortestPauseMs = 100;
const longestPauseMs = 2000;

/** Asks again and again, with longer and longer pauses, until there is an answer; undefined when the limit is over. */
export async function waitFor<Answer>(
  ask: () => Promise<Answer | undefined>,
  { clock, limitMs, signal, onWait }: WaitOptions,
): Promise<Answer | undefined> {
  const start = clock.now();
  for (let pause = shortestPauseMs; ; pause = Math.min(2 * pause, longestPauseMs)) {
    signal?.throwIfAborted();
    const answer = await ask();
    if (answer !== undefined) return answer;
    const waitedMs = clock.now() - start;
    if (waitedMs >= limitMs) return undefined;
    onWait?.(waitedMs);
    await clock.sleep(pause, signal);
  }
}
