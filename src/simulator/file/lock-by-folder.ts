// SPDX-License-Identifier: MIT
import { mkdirSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { codeOf, isAlive, isOwn, isOwner, newOwner, type LockAttempt } from './lock-owner.js';

// The lock is a folder with one entry, whose name identifies the holder. Two rules of POSIX make it safe. First, a
// folder can be renamed only over an empty folder, so only one of many processes takes the lock, together with its
// entry, in one step. Second, an entry is removed by its name, and no name is used twice, so a process that breaks an
// ended holder's lock too late removes nothing, and never another process's lock.

/**
 * Takes the lock if it is free or its holder has ended.
 *
 * @param isHolderAlive - Tests replace it to act between two steps.
 */
export function lockByFolder(lockPath: string, isHolderAlive = isAlive): LockAttempt {
  const holder = holderOf(lockPath);
  if (holder !== undefined) {
    // The caller knows which locks this thread holds, so an entry of this thread is one that it could not remove.
    if (isHolderAlive(holder) && !isOwn(holder)) return { holder };
    breakLock(lockPath, holder);
  }

  const owner = newOwner();
  const entry = path.join(lockPath, owner);
  if (!moveIn(lockPath, owner)) return { holder: holderOf(lockPath) ?? 'processes that take turns' };
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
    // Another process was first.
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
    // Some shared folders of virtual machines also refuse to rename over an empty folder, so remove it.
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

/** Removes a folder if it exists and is empty. Failure does no harm, because the next process tries again. */
function removeFolder(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Another process removed it first, or has taken the lock since.
  }
}
