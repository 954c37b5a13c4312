// SPDX-License-Identifier: MIT
import { closeSync, constants, fstatSync, futimesSync, lstatSync, openSync } from 'node:fs';
import { codeOf, type LockAttempt } from './lock-owner.js';

// Where the system lets one have a file for oneself while it is open, nobody has to find out who ended: the system closes
// the files of a process that is killed, and Node those of a thread that is terminated. Linux has no such flag.

// libuv's UV_FS_O_EXLOCK, which opens without sharing; and O_EXLOCK of the BSDs, which waits unless it is told not to.
const openAlone = process.platform === 'win32' ? 0x1000_0000 : 0x20 | constants.O_NONBLOCK | constants.O_NOFOLLOW;
const codesOfTaken = new Set<unknown>(['EBUSY', 'EAGAIN']);

export const canLockByOpening = ['win32', 'darwin', 'freebsd', 'openbsd'].includes(process.platform);

/** Takes the lock if nobody has it. The file stays: removing it would let two have a file of this name each. */
export function lockByOpening(lockPath: string): LockAttempt {
  let file: number;
  try {
    file = openSync(lockPath, constants.O_RDWR | constants.O_CREAT | openAlone, 0o600);
  } catch (error) {
    if (!codesOfTaken.has(codeOf(error))) throw error;
    const taken = lstatSync(lockPath, { throwIfNoEntry: false });
    return { holder: `whoever took it at ${taken?.mtime.toISOString() ?? 'some time'}` };
  }
  if (!fstatSync(file).isFile()) {
    closeSync(file);
    throw new Error(`${lockPath} is not a lock of this package; remove it`);
  }
  // For those who wait: it shows that the lock went to somebody else.
  const now = new Date();
  futimesSync(file, now, now);
  const release = (): void => {
    closeSync(file);
  };
  return { release };
}
