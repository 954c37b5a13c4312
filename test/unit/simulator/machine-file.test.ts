// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withFileLock } from '../../../src/simulator/file-lock.js';
import { MachineFile } from '../../../src/simulator/machine-file.js';
import { Refusal } from '../../../src/simulator/refusal.js';

let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'win-port-reservation-unit-'));
  file = path.join(directory, 'machine.json');
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** The id of a process that has ended. */
function deadPid(): number {
  return spawnSync(process.execPath, ['-e', '']).pid;
}

/** Makes the one process of the machine another one of the host. */
function rename(properties: { pid: number; started?: string }): void {
  const content = JSON.parse(readFileSync(file, 'utf8')) as { processes: object[] };
  content.processes = content.processes.map((entry) => ({ ...entry, ...properties }));
  writeFileSync(file, JSON.stringify(content));
}

describe('a machine in a file', () => {
  it('is the same machine for whoever opens the file', () => {
    const token = new MachineFile(file, true).transact((process) =>
      process.createPersistentPortReservation('tcp', 5000, 20),
    );
    const found = new MachineFile(file, false).transact((process) =>
      process.lookupPersistentPortReservation('tcp', 5000, 20),
    );
    expect(found).toBe(token);
    expect(readdirSync(directory)).toEqual(['machine.json']);
  });

  it('has one process for all threads and accesses of a process, until it leaves', () => {
    const access = new MachineFile(file, true);
    const socket = access.transact((process) => process.openSocket('tcp', 4));
    const { token } = new MachineFile(file, true).transact((process) => process.acquirePortReservation(socket, 0, 2));
    expect(token).toBeGreaterThan(0n);
    access.leave();
    expect(access.transact((_, machine) => machine.excludedPortRanges('tcp'))).toEqual([]);
  });

  it('frees what a process held that has ended', () => {
    const access = new MachineFile(file, true);
    access.transact((process) => {
      process.acquirePortReservation(process.openSocket('tcp', 4), 6000, 2);
    });
    rename({ pid: deadPid() });
    expect(access.transact((_, machine) => machine.excludedPortRanges('tcp'))).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('does not take a later process with the same id for it', () => {
    const access = new MachineFile(file, true);
    access.transact((process) => {
      process.acquirePortReservation(process.openSocket('tcp', 4), 6000, 2);
    });
    rename({ pid: 1, started: '1234567890' });
    expect(access.transact((_, machine) => machine.excludedPortRanges('tcp'))).toEqual([]);
  });

  it('makes the folder that it is to live in', () => {
    new MachineFile(path.join(directory, 'not', 'there', 'machine.json'), true).leave();
    expect(readdirSync(path.join(directory, 'not', 'there'))).toEqual(['machine.json']);
  });

  it('keeps what changed before a refusal, and lets the refusal through', () => {
    const access = new MachineFile(file, true);
    const refused = () => {
      access.transact((process, machine) => {
        machine.failNext('bind', 10013);
        process.lookupPersistentPortReservation('tcp', 5000, 1);
      });
    };
    expect(refused).toThrow(Refusal);
    expect(access.transact((_, machine) => machine.takeFailure('bind'))).toBe(10013);
  });

  it('says so when the file is not a machine', () => {
    writeFileSync(file, 'not a machine');
    expect(() => {
      new MachineFile(file, true).leave();
    }).toThrow(file);
    expect(readFileSync(file, 'utf8')).toBe('not a machine');
  });
});

describe('the lock of a file', () => {
  it('is given back after work that fails', () => {
    const lock = `${file}.lock`;
    const fail = () =>
      withFileLock(lock, () => {
        throw new Error('work failed');
      });
    expect(fail).toThrow('work failed');
    expect(withFileLock(lock, () => 'done')).toBe('done');
    expect(readdirSync(directory)).toEqual([]);
  });

  it.each([
    ['a process that ended', () => `${deadPid()}.0`],
    ['a thread that was terminated', () => `${process.pid}.99`],
    ['a process that ended before it could say who it was', () => ''],
  ])('is taken over from %s while it held it', (_, owner) => {
    const lock = `${file}.lock`;
    writeFileSync(lock, owner());
    expect(withFileLock(lock, () => 'done')).toBe('done');
    expect(readdirSync(directory)).toEqual([]);
  });
});
