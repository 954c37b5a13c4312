// SPDX-License-Identifier: MIT
import { lockByFolder } from './lock-by-folder.js';
import { canLockByOpening, lockByOpening } from './lock-by-opening.js';

const longestWaitMilliseconds = 64;
const sleeper = new Int32Array(new SharedArrayBuffer(4));
const heldHere = new Set<string>();

/**
 * Takes a lock that one thread of one process can hold at a time; returns the function that releases it. It blocks the
 * event loop while it waits, because a bind is synchronous; the work under the lock takes a few milliseconds.
 *
 * A killed process and a terminated thread lose the lock.
 *
 * @param patienceMilliseconds - The time for which one holder may keep others waiting.
 * @throws Error if the lock cannot be made, if its path is not a lock, or if one holder keeps it too long.
 */
export function takeFileLock(lockPath: string, patienceMilliseconds = 20_000): () => void {
  // Waiting for a lock of the same thread could only time out.
  if (heldHere.has(lockPath)) throw new Error(`this thread already holds ${lockPath}`);
  const attempt = canLockByOpening ? lockByOpening : lockByFolder;
  let holder: string | undefined;
  let deadline = Infinity;
  for (let wait = 1; ; wait = Math.min(2 * wait, longestWaitMilliseconds)) {
    const tried = attempt(lockPath);
    if ('release' in tried) {
      heldHere.add(lockPath);
      return () => {
        heldHere.delete(lockPath);
        tried.release();
      };
    }
    // The limit is for one holder: a lock that changes hands will be free for this thread too.
    if (tried.holder !== holder) deadline = Date.now() + patienceMilliseconds;
    holder = tried.holder;
    if (Date.now() > deadline) {
      throw new Error(`${lockPath} has been held for ${patienceMilliseconds / 1000} seconds, by ${holder}`);
    }
    // Wait longer each time: hundreds of busy waiters would leave the holder no processor.
    Atomics.wait(sleeper, 0, 0, wait * (0.5 + Math.random()));
  }
}
