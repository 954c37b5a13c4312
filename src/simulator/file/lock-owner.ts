// SPDX-License-Identifier: MIT
import { randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { threadId } from 'node:worker_threads';

// A pid says little: another process may have it later, and a thread of this process has none. Linux tells the id and the
// start of every thread, and no two threads of one run of the system share both.

const shape = /^(\d+)-(\d+)-(\d*)-[0-9a-f]{16}$/;
const self = `${process.pid}-${hostThread()}-${startOf(process.pid, hostThread()) ?? ''}-`;

/** What came of trying to take a lock: how to give it back, or a name for its holder, another for each time it is taken. */
export type LockAttempt = { readonly release: () => void } | { readonly holder: string };

/** A name for something that this thread makes in the file system. It tells the thread, and no name is given twice. */
export function newOwner(): string {
  return self + randomBytes(8).toString('hex');
}

/** Whether `newOwner` can have made the name. */
export function isOwner(name: string): boolean {
  return shape.test(name);
}

/** Whether `newOwner` made the name in this thread. */
export function isOwn(owner: string): boolean {
  return owner.startsWith(self);
}

/** Whether the thread that made the name still runs. Where the host does not tell, a process with its pid is enough. */
export function isAlive(owner: string): boolean {
  const [, pid = '', thread = '', started = ''] = shape.exec(owner) ?? [];
  return isRunning(Number(pid), started, Number(thread));
}

/**
 * Whether the process, or one of its threads, still runs.
 *
 * @param started - What `startOf` said of it then; empty where the host did not tell.
 */
export function isRunning(pid: number, started: string, thread = pid): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM is a process of another user, whom the host may hide in /proc.
    return codeOf(error) !== 'ESRCH';
  }
  return started === '' || startOf(pid, thread) === started;
}

/** When a thread was started, in ticks since the host was; undefined where it has ended, or the host does not tell. */
export function startOf(pid: number, thread = pid): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8');
    // After the name of the program, which is in parentheses and may hold any character, these are the 1st and 20th.
    const fields = stat.split(') ').at(-1)?.split(' ') ?? [];
    // A zombie has ended, and only waits for its parent to ask how.
    return 'ZXx'.includes(fields[0] ?? 'Z') ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

export function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** The id of this thread on Linux; elsewhere that of Node, which isn't looked up in /proc. */
function hostThread(): number {
  try {
    return Number(/\d+$/.exec(readlinkSync('/proc/thread-self'))?.[0]);
  } catch {
    return threadId;
  }
}
