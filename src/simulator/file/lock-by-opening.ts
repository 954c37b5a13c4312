// SPDX-License-Identifier: MIT
import { closeSync, constants, fstatSync, futimesSync, lstatSync, openSync } from 'node:fs';
import { codeOf, type LockAttempt } from './lock-owner.js';

// Some systems let a process open a file exclusively. Then no process has to find out whether the holder has ended: the
// system closes the files of a killed process, and Node closes those of a terminated thread. Linux has no such flag.

// libuv's UV_FS_O_EXLOCK opens without sharing. O_EXLOCK of the BSDs would wait, so it needs O_NONBLOCK.
const openAlone = process.platform === 'win32' ? 0x1000_0000 : 0x20 | constants.O_NONBLOCK | constants.O_NOFOLLOW;
const codesOfTaken = new Set<unknown>(['EBUSY', 'EAGAIN']);

export const canLockByOpening = ['win32', 'darwin', 'freebsd', 'openbsd'].includes(process.platform);

/**
 * Takes the lock if it is free. The file stays, because after removing it two processes could each lock a file of this
 * name.
 */
export function lockByOpening(lockPath: string): LockAttempt {
  let file: number;
  try {
    file = openSync(lockPath, constants.O_RDWR | constants.O_CREAT | openAlone, 0o600);
  } catch (error) {
    if (!codesOfTaken.has(codeOf(error))) throw error;
    const taken = lstatSync(lockPath, { throwIfNoEntry: false });
    return { holder: `the process that took it at ${taken?.mtime.toISOString() ?? 'an unknown time'}` };
  }
  if (!fstatSync(file).isFile()) {
    closeSync(file);
    throw new Error(`${lockPath} is not a lock of this package; remove it`);
  }
  // The new time shows waiting processes that the lock has changed hands.
  const now = new Date();
  futimesSync(file, now, now);
  const release = (): void => {
    closeSync(file);
  };
  return { release };
}
