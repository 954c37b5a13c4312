// SPDX-License-Identifier: MIT
// The lock of a machine that lives in a file: a folder on Linux, on Windows a file that one can open at a time.
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeFileLock } from '../../dist/simulator/file/file-lock.js';
import { ring, startChild } from './ring.js';

// Only what never comes takes longer.
const noEnd = 2 ** 40;

let directory: string;
let lock: string;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'win-port-reservation-lock-'));
  lock = path.join(directory, 'lock');
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

describe('the lock of a file', () => {
  it('is not had by two, and is lost by a process that is killed', async () => {
    const child = startChild('hold-lock.mjs', lock);
    expect(await child.next()).toBe('taken');
    expect(() => takeFileLock(lock, 0)).toThrow('has been held');
    await child.kill();
    takeFileLock(lock, noEnd)();
  });

  it('is lost by a thread that is terminated', async () => {
    const worker = new Worker(new URL('children/hold-lock.mjs', import.meta.url), { workerData: lock });
    await once(worker, 'message');
    expect(() => takeFileLock(lock, 0)).toThrow('has been held');
    await worker.terminate();
    takeFileLock(lock, noEnd)();
  });

  it('is had by one at a time while those who have it die', async () => {
    const sections = path.join(directory, 'sections');
    const begun = () => statSync(sections, { throwIfNoEntry: false })?.size ?? 0;
    // Every process of Wine takes a second to start.
    const wanted = { simulated: 150, wine: 60, windows: 150 }[ring];
    let deaths = 0;
    const contend = async (): Promise<void> => {
      while (begun() < wanted) {
        const child = startChild('contend-for-lock.mjs', directory, 20, 0.2);
        const exitCode = await child.exited;
        if (exitCode !== 0) deaths += 1;
        expect(child.stderr()).toBe('');
      }
    };
    await Promise.all(Array.from({ length: 4 }, contend));
    takeFileLock(lock, noEnd)();
    expect(deaths).toBeGreaterThan(0);
    expect(readdirSync(directory)).not.toContain('faults');
  });
});
