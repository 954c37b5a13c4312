// SPDX-License-Identifier: MIT
import { readFileSync, renameSync, rmSync, statSync, writeFileSync, linkSync } from 'node:fs';
import { threadId } from 'node:worker_threads';

/** Longer than any work under a lock takes, loaded machines included. */
const abandonedAfterMilliseconds = 2_000;
const patienceMilliseconds = 20_000;
const longestWaitMilliseconds = 64;
const self = `${process.pid}.${threadId}`;
const sleeper = new Int32Array(new SharedArrayBuffer(4));

/**
 * Does `work` while no other process or thread that asks for the same lock does. It waits without giving the event loop
 * a turn, because a bind cannot be put off; the work is a few milliseconds.
 *
 * The lock is a file that says who has it. A process that is killed, or a thread that is terminated, leaves it behind:
 * then it is taken over.
 */
export function withFileLock<Result>(lockPath: string, work: () => Result): Result {
  let owner: string | undefined;
  let deadline = Infinity;
  for (let wait = 1; !tryToTake(lockPath); wait = Math.min(2 * wait, longestWaitMilliseconds)) {
    breakIfAbandoned(lockPath);
    const present = ownerOf(lockPath);
    // Patience is for one owner: a lock that goes from hand to hand will come to us.
    if (present !== owner) deadline = Date.now() + patienceMilliseconds;
    owner = present;
    if (Date.now() > deadline) throw new Error(`${lockPath} has been held for ${patienceMilliseconds / 1000} seconds`);
    // Longer and longer: hundreds that look all the time would leave the owner no processor.
    Atomics.wait(sleeper, 0, 0, wait * (0.5 + Math.random()));
  }
  try {
    return work();
  } finally {
    // Unless it was taken for abandoned, and is somebody else's by now.
    if (ownerOf(lockPath) === self) rmSync(lockPath, { force: true });
  }
}

function ownerOf(lockPath: string): string | undefined {
  let owner: string | undefined;
  succeeds('ENOENT', () => {
    owner = readFileSync(lockPath, 'utf8');
  });
  return owner;
}

function tryToTake(lockPath: string): boolean {
  return succeeds('EEXIST', () => {
    writeFileSync(lockPath, self, { flag: 'wx' });
  });
}

function breakIfAbandoned(lockPath: string): void {
  succeeds('ENOENT', () => {
    const owner = readFileSync(lockPath, 'utf8');
    if (!isAbandoned(lockPath, owner)) return;
    const broken = `${lockPath}.${self}`;
    renameSync(lockPath, broken);
    // Somebody else may have broken it first and a third have locked since: then the lock goes back.
    if (readFileSync(broken, 'utf8') !== owner)
      succeeds('EEXIST', () => {
        linkSync(broken, lockPath);
      });
    rmSync(broken, { force: true });
  });
}

/** Nobody can tell that a thread of this process is gone, nor who was about to write its name: their time tells. */
function isAbandoned(lockPath: string, owner: string): boolean {
  const pid = Number.parseInt(owner, 10);
  if (pid > 0 && pid !== process.pid) return !isAlive(pid);
  return Date.now() - statSync(lockPath).mtimeMs > abandonedAfterMilliseconds;
}

/** Whether a process has this id, whoever runs it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
}

/** Whether `work` went well; false if it failed with `code`. */
function succeeds(code: string, work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (codeOf(error) !== code) throw error;
    return false;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
