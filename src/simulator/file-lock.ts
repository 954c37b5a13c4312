// SPDX-License-Identifier: MIT
import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';

const patienceMilliseconds = 20_000;
const sleeper = new Int32Array(new SharedArrayBuffer(4));

/**
 * Does `work` while no other process or thread that asks for the same lock does. It waits without giving the event loop
 * a turn, because a bind cannot be put off; the work is a few milliseconds.
 */
export function withFileLock<Result>(lockPath: string, work: () => Result): Result {
  const own = `${lockPath}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  writeFileSync(own, String(process.pid));
  try {
    acquire(lockPath, own);
    try {
      return work();
    } finally {
      rmSync(lockPath, { force: true });
    }
  } finally {
    rmSync(own, { force: true });
  }
}

function acquire(lockPath: string, own: string): void {
  const deadline = Date.now() + patienceMilliseconds;
  // A link appears with its content, or not at all: nobody ever reads a lock without an owner.
  while (
    !tryTo(() => {
      linkSync(own, lockPath);
    }, 'EEXIST')
  ) {
    breakIfOwnerIsDead(lockPath, own);
    if (Date.now() > deadline) throw new Error(`${lockPath} has been held for ${patienceMilliseconds / 1000} seconds`);
    Atomics.wait(sleeper, 0, 0, 1 + Math.random() * 4);
  }
}

/** Takes away the lock of a process that was killed while it held it. */
function breakIfOwnerIsDead(lockPath: string, own: string): void {
  tryTo(() => {
    const { ino } = statSync(lockPath);
    const owner = Number(readFileSync(lockPath, 'utf8'));
    if (isAlive(owner)) return;
    const broken = `${own}.broken`;
    renameSync(lockPath, broken);
    // Somebody else may have broken it first and a third may have locked since: then the lock goes back.
    if (statSync(broken).ino !== ino)
      tryTo(() => {
        linkSync(broken, lockPath);
      }, 'EEXIST');
    rmSync(broken, { force: true });
  }, 'ENOENT');
}

/** Whether a process of this user, or of another, has this id. */
export function isAlive(pid: number): boolean {
  return tryTo(() => {
    process.kill(pid, 0);
  }, 'ESRCH');
}

/** Whether `work` went well; false if it failed with `code`. EPERM of process.kill means that somebody is there. */
function tryTo(work: () => void, code: string): boolean {
  try {
    work();
    return true;
  } catch (error) {
    const found = error instanceof Error && 'code' in error ? error.code : undefined;
    if (found === 'EPERM') return true;
    if (found !== code) throw error;
    return false;
  }
}
