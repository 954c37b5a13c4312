// SPDX-License-Identifier: MIT
import { lockByFolder } from './lock-by-folder.js';
import { canLockByOpening, lockByOpening } from './lock-by-opening.js';

const longestWaitMilliseconds = 64;
const sleeper = new Int32Array(new SharedArrayBuffer(4));
const heldHere = new Set<string>();

/**
 * Takes a lock that one thread of one process has at a time, and returns what gives it back. It waits without giving the
 * event loop a turn, because a bind cannot be put off; the work under the lock is a few milliseconds.
 *
 * A process that is killed and a thread that is terminated lose the lock with their lives.
 *
 * @param patienceMilliseconds - How long one holder may keep others waiting.
 * @throws Error where the lock cannot be made, is something else, or one holder keeps it too long.
 */
export function takeFileLock(lockPath: string, patienceMilliseconds = 20_000): () => void {
  // Waiting for oneself would take all the patience, and be in vain.
  if (heldHere.has(lockPath)) throw new Error(`this thread holds ${lockPath} already`);
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
    // Patience is for one holder: a lock that goes from hand to hand will come to us.
    if (tried.holder !== holder) deadline = Date.now() + patienceMilliseconds;
    holder = tried.holder;
    if (Date.now() > deadline) {
      throw new Error(`${lockPath} has been held for ${patienceMilliseconds / 1000} seconds, by ${holder}`);
    }
    // Longer and longer: hundreds that look all the time would leave the holder no processor.
    Atomics.wait(sleeper, 0, 0, wait * (0.5 + Math.random()));
  }
}
