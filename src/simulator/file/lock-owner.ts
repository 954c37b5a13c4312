// SPDX-License-Identifier: MIT
import { randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { threadId } from 'node:worker_threads';

// A pid is not enough to identify a thread: another process may get it later, and threads share it. Linux tells the id
// and the start time of every thread, and no two threads share both until the system restarts.

const shape = /^(\d+)-(\d+)-(\d*)-[0-9a-f]{16}$/;
const self = `${process.pid}-${hostThread()}-${startOf(process.pid, hostThread()) ?? ''}-`;

/**
 * The outcome of trying to take a lock: the function that releases it, or the name of its holder, which differs each
 * time the lock is taken.
 */
export type LockAttempt = { readonly release: () => void } | { readonly holder: string };

/**
 * Makes a name for something that this thread creates in the file system. It identifies the thread, and is never used
 * twice.
 */
export function newOwner(): string {
  return self + randomBytes(8).toString('hex');
}

/** Tells whether `newOwner` can have made the name. */
export function isOwner(name: string): boolean {
  return shape.test(name);
}

/** Tells whether `newOwner` made the name in this thread. */
export function isOwn(owner: string): boolean {
  return owner.startsWith(self);
}

/**
 * Tells whether the thread that made the name is still running. If the host does not tell, it checks only for a process
 * with the pid.
 */
export function isAlive(owner: string): boolean {
  const [, pid = '', thread = '', started = ''] = shape.exec(owner) ?? [];
  return isRunning(Number(pid), started, Number(thread));
}

/**
 * Tells whether the process, or one of its threads, is still running.
 *
 * @param started - The earlier result of `startOf`; empty if the host did not tell.
 */
export function isRunning(pid: number, started: string, thread = pid): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM means a process of another user, which the host may hide in /proc.
    return codeOf(error) !== 'ESRCH';
  }
  return started === '' || startOf(pid, thread) === started;
}

/**
 * Gets the start time of a thread in ticks since the host started; undefined if it has ended or the host does not tell.
 */
export function startOf(pid: number, thread = pid): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8');
    // Count the fields from behind the program's name, which is in parentheses and may contain any character: the state
    // is the 1st, the start time the 20th.
    const fields = stat.split(') ').at(-1)?.split(' ') ?? [];
    // A zombie has ended and only waits for its parent to collect its exit status.
    return 'ZXx'.includes(fields[0] ?? 'Z') ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

export function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** Gets the id of this thread: the system's on Linux, elsewhere Node's. */
function hostThread(): number {
  try {
    return Number(/\d+$/.exec(readlinkSync('/proc/thread-self'))?.[0]);
  } catch {
    return threadId;
  }
}
