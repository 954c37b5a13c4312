// SPDX-License-Identifier: MIT
import { mkdirSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { codeOf, isAlive, isOwn, isOwner, newOwner, type LockAttempt } from './lock-owner.js';

// The lock is a folder that holds one entry, whose name tells the holder. Two rules of POSIX make it safe. A folder can be
// renamed over an empty one only, so that one of many takes the lock, holder and all, in one step. And an entry is removed
// by its name, which is never given twice: a breaker who comes late removes nothing, and never somebody else's lock.

/** Takes the lock if nobody has it, or if its holder has ended. */
export function lockByFolder(lockPath: string): LockAttempt {
  const holder = holderOf(lockPath);
  if (holder !== undefined) {
    // What this thread holds, the caller knows: an entry of its own is one that it could not remove.
    if (isAlive(holder) && !isOwn(holder)) return { holder };
    breakLock(lockPath, holder);
  }

  const owner = newOwner();
  const entry = path.join(lockPath, owner);
  if (!moveIn(lockPath, owner)) return { holder: holderOf(lockPath) ?? 'nobody for long' };
  const release = (): void => {
    removeFolder(entry);
    removeFolder(lockPath);
  };
  return { release };
}

function breakLock(lockPath: string, ended: string): void {
  try {
    rmdirSync(path.join(lockPath, ended));
  } catch (error) {
    // Somebody else was first.
    if (codeOf(error) !== 'ENOENT') throw notALock(lockPath, error);
  }
}

function moveIn(lockPath: string, owner: string): boolean {
  const prepared = `${lockPath}.${owner}`;
  try {
    mkdirSync(prepared, { mode: 0o700 });
    mkdirSync(path.join(prepared, owner), { mode: 0o700 });
    renameSync(prepared, lockPath);
    return true;
  } catch (error) {
    rmSync(prepared, { recursive: true, force: true });
    const code = codeOf(error);
    if (code === 'ENOTDIR') throw notALock(lockPath, error);
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
    // Some shared folders of virtual machines refuse to rename over an empty folder too.
    removeFolder(lockPath);
    return false;
  }
}

function holderOf(lockPath: string): string | undefined {
  let entries: string[];
  try {
    entries = readdirSync(lockPath);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw codeOf(error) === 'ENOTDIR' ? notALock(lockPath, error) : error;
  }
  const strange = entries.find((entry) => !isOwner(entry));
  if (strange !== undefined) throw notALock(lockPath);
  return entries[0];
}

function notALock(lockPath: string, cause?: unknown): Error {
  return new Error(`${lockPath} is not a lock of this package; remove it`, { cause });
}

/** Removes a folder if it is there and empty. Failing is no harm: whoever looks next tries again. */
function removeFolder(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Somebody else was first, or has taken the lock since.
  }
}
