// SPDX-License-Identifier: MIT
// Tests the lock of a machine's file: a folder on Linux, and on Windows a file that one thread can open at a time.
import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { beforeEach, describe, expect, it } from 'vitest';
import { takeFileLock } from '../../dist/simulator/file/file-lock.js';
import { temporaryFolder } from '../shared/temporary-folder.js';
import { ring, startChild } from './ring.js';

// Only an event that never comes takes longer.
const noEnd = 2 ** 40;

let directory: string;
let lock: string;

beforeEach(() => {
  directory = temporaryFolder('lock');
  lock = path.join(directory, 'lock');
});

describe('the lock of a file', () => {
  it('has one holder at a time, and is free after its process is killed', async () => {
    const child = startChild('hold-lock.mjs', lock);
    expect(await child.next()).toBe('taken');
    expect(() => takeFileLock(lock, 0)).toThrow('has been held');
    await child.kill();
    takeFileLock(lock, noEnd)();
  });

  it('is free after its thread is terminated', async () => {
    const worker = new Worker(new URL('children/hold-lock.mjs', import.meta.url), { workerData: lock });
    await once(worker, 'message');
    expect(() => takeFileLock(lock, 0)).toThrow('has been held');
    await worker.terminate();
    takeFileLock(lock, noEnd)();
  });

  it('has one holder at a time while holders are killed', async () => {
    const sections = path.join(directory, 'sections');
    const begun = () => statSync(sections, { throwIfNoEntry: false })?.size ?? 0;
    // Every process takes a second to start under Wine.
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
