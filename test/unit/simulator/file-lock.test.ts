// SPDX-License-Identifier: MIT
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { beforeEach, describe, expect, it } from 'vitest';
import { takeFileLock } from '../../../src/simulator/file/file-lock.js';
import { lockByFolder } from '../../../src/simulator/file/lock-by-folder.js';
import { isAlive, isRunning, newOwner, startOf } from '../../../src/simulator/file/lock-owner.js';
import { temporaryFolder } from '../../shared/temporary-folder.js';

let directory: string;
let lock: string;

beforeEach(() => {
  directory = temporaryFolder('unit');
  lock = path.join(directory, 'lock');
});

const someone = '0123456789abcdef';

/** Makes the name of a process that has ended. */
function ended(): string {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  return `${pid}-${pid}-1-${someone}`;
}

/** Makes the name of another process that is running. */
function running(): string {
  return `${process.ppid}-${process.ppid}-${startOf(process.ppid) ?? ''}-${someone}`;
}

function holdAs(owner: string): void {
  mkdirSync(path.join(lock, owner), { recursive: true });
}

function take(patienceMilliseconds?: number): void {
  takeFileLock(lock, patienceMilliseconds)();
}

describe('a lock', () => {
  it('leaves nothing behind and can be taken again', () => {
    take();
    take();
    expect(readdirSync(directory).filter((name) => name !== 'lock')).toEqual([]);
  });

  it('throws at once in the thread that holds it', () => {
    const release = takeFileLock(lock);
    expect(() => {
      take();
    }).toThrow('holds');
    release();
    take();
  });
});

// On other systems the system does all that, and the contract suite shows it under Wine.
describe.runIf(process.platform === 'linux')('a lock that is a folder', () => {
  it('is taken over from a process that has ended', () => {
    holdAs(ended());
    take();
    expect(readdirSync(directory)).toEqual([]);
  });

  it('is taken over from an earlier process with the pid of one that runs', () => {
    holdAs(`${process.ppid}-${process.ppid}-1-${someone}`);
    take();
    expect(readdirSync(directory)).toEqual([]);
  });

  it('is taken over from a thread of this process that has ended', () => {
    holdAs(`${process.pid}-4194304-1-${someone}`);
    take();
    expect(readdirSync(directory)).toEqual([]);
  });

  it('that this thread could not remove can be taken by it again', () => {
    holdAs(newOwner());
    take();
    expect(readdirSync(directory)).toEqual([]);
  });

  it('stays with the second of two processes that saw the same holder end', () => {
    const first = ended();
    const second = running();
    holdAs(first);
    // Another process breaks the lock and takes it between two steps of this one.
    const isHolderAlive = (holder: string): boolean => {
      expect(isAlive(holder)).toBe(false);
      rmSync(path.join(lock, first), { recursive: true });
      holdAs(second);
      return false;
    };
    expect(lockByFolder(lock, isHolderAlive)).toEqual({ holder: second });
    expect(readdirSync(lock)).toEqual([second]);
    expect(readdirSync(directory)).toEqual(['lock']);
  });

  it('stays with the process that took it while the next one got ready', () => {
    const second = running();
    const first = ended();
    holdAs(first);
    // A process that releases the lock removes the entry and then the folder, which may already be another process's
    // lock.
    const attempt = lockByFolder(lock);
    if (!('release' in attempt)) throw new Error('it was not taken');
    const [own = ''] = readdirSync(lock);
    rmSync(path.join(lock, own), { recursive: true });
    holdAs(second);
    attempt.release();
    expect(readdirSync(lock)).toEqual([second]);
  });

  it('that one holder keeps times out with an error that names the holder', () => {
    holdAs(running());
    expect(() => {
      take(0);
    }).toThrow(`${process.ppid}-`);
    expect(readdirSync(directory)).toEqual(['lock']);
  });

  const strange: [string, () => void][] = [
    [
      'a file',
      () => {
        writeFileSync(lock, '');
      },
    ],
    [
      'a FIFO',
      () => {
        spawnSync('mkfifo', [lock]);
      },
    ],
    [
      'a link to a folder',
      () => {
        symlinkSync(directory, lock);
      },
    ],
    [
      'a link to nothing',
      () => {
        symlinkSync(path.join(directory, 'nothing'), lock);
      },
    ],
    [
      'a folder with something else in it',
      () => {
        holdAs('something else');
      },
    ],
    [
      'a folder whose holder is no folder',
      () => {
        mkdirSync(lock);
        writeFileSync(path.join(lock, ended()), '');
      },
    ],
    [
      'a folder whose holder has something in it',
      () => {
        holdAs(path.join(ended(), 'something'));
      },
    ],
  ];
  it.each(strange)('is not made out of %s, without waiting', (_, plant) => {
    plant();
    expect(() => {
      // Longer than a test would wait.
      take(2 ** 40);
    }).toThrow(`${lock} is not a lock`);
    expect(readdirSync(directory)).toEqual(['lock']);
  });
});

describe.runIf(process.platform === 'linux')('who still runs', () => {
  it('is identified by pid, thread and start time', () => {
    expect(isAlive(newOwner())).toBe(true);
    expect(isRunning(process.ppid, startOf(process.ppid) ?? '')).toBe(true);
    expect(isRunning(process.ppid, '1')).toBe(false);
    expect(isAlive(ended())).toBe(false);
  });

  it('is not a zombie', async () => {
    // The shell becomes a program that never collects the exit status of its child.
    const command = 'cat <&3 & echo $!; exec tail -f /dev/null';
    const shell = spawn('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'ignore', 'pipe'] });
    try {
      const [, output, , inputOfChild] = shell.stdio as [null, Readable, null, Writable, undefined];
      const [line] = (await once(output, 'data')) as [Buffer];
      const pid = Number(line.toString());
      // The shell itself would collect the exit status.
      await expect.poll(() => readFileSync(`/proc/${shell.pid}/comm`, 'utf8')).toBe('tail\n');
      inputOfChild.end();
      const stat = () => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
      await expect.poll(() => stat()[0]).toBe('Z');
      expect(isRunning(pid, stat()[19] ?? '')).toBe(false);
    } finally {
      shell.kill('SIGKILL');
    }
  });
});
