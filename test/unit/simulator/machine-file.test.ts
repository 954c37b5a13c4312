// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { newOwner } from '../../../src/simulator/file/lock-owner.js';
import { MachineFile } from '../../../src/simulator/file/machine-file.js';
import { Refusal } from '../../../src/simulator/model/refusal.js';
import { temporaryFolder } from '../../shared/temporary-folder.js';

let directory: string;
let file: string;

beforeEach(() => {
  directory = temporaryFolder('unit');
  file = path.join(directory, 'machine.json');
});

/** Returns the id of a process that has ended. */
function deadPid(): number {
  return spawnSync(process.execPath, ['-e', '']).pid;
}

interface HostProcess {
  readonly pid: number;
  readonly started: string;
}

/** Returns the lines of the log: its id, the whole machine, and the changes of each transaction. */
function lines(): string[] {
  return readFileSync(file, 'utf8').split('\n').slice(0, -1);
}

/** Changes the host process behind the only process of the machine, as another process would. */
function rename(properties: Partial<HostProcess>): void {
  const known = lines()
    .map((line) => (JSON.parse(line) as { processes?: HostProcess[] }).processes)
    .findLast((processes) => processes !== undefined);
  const processes = known?.map((entry) => ({ ...entry, ...properties }));
  appendFileSync(file, `${JSON.stringify({ processes })}\n`);
}

describe('a machine in a file', () => {
  it('is the same machine for every process that opens the file', () => {
    const token = new MachineFile(file, true).transact((process) =>
      process.createPersistentPortReservation('tcp', 5000, 20),
    );
    const found = new MachineFile(file, false).transact((process) =>
      process.lookupPersistentPortReservation('tcp', 5000, 20),
    );
    expect(found).toBe(token);
    expect(readdirSync(directory)).toEqual(['machine.json']);
  });

  it('has one process for all threads and accesses of a host process, until it leaves', () => {
    const access = new MachineFile(file, true);
    const socket = access.transact((process) => process.openSocket('tcp', 4));
    const { token } = new MachineFile(file, true).transact((process) => process.acquirePortReservation(socket, 0, 2));
    expect(token).toBeGreaterThan(0n);
    access.leave();
    expect(access.transact((_, machine) => machine.excludedPortRanges('tcp'))).toEqual([]);
  });

  it('frees the ports of a process that has ended', () => {
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

  it('makes the folder of the file', () => {
    new MachineFile(path.join(directory, 'not', 'there', 'machine.json'), true).leave();
    expect(readdirSync(path.join(directory, 'not', 'there'))).toEqual(['machine.json']);
  });

  it('saves the changes before a refusal, and lets the refusal through', () => {
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

  it('reports a file that does not hold a machine', () => {
    writeFileSync(file, 'not a machine');
    expect(() => {
      new MachineFile(file, true).leave();
    }).toThrow(file);
    expect(readFileSync(file, 'utf8')).toBe('not a machine');
  });

  it('gives the sockets of a new machine other ids: closing those of a removed machine closes no others', () => {
    const access = new MachineFile(file, true);
    const old = access.transact((process) => process.openSocket('tcp', 4));
    rmSync(file);
    access.transact((process) => process.openSocket('tcp', 4));
    const close = () => {
      access.transact((process) => {
        process.closeSocket(old);
      });
    };
    expect(close).toThrow(expect.objectContaining({ errorNumber: 10038 }));
  });
});

describe.skipIf(process.platform === 'win32')('a machine in a file, where others can write to the folder,', () => {
  const enter = (): void => {
    new MachineFile(file, true).enter();
  };

  it('is accessible to its user only', () => {
    enter();
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it.each(['machine.json', 'machine.json.next', 'machine.json.lock'])('writes through no link called %s', (name) => {
    const target = path.join(directory, 'of-somebody');
    writeFileSync(target, 'precious');
    symlinkSync(target, path.join(directory, name));
    if (name === 'machine.json.next') enter();
    else expect(enter).toThrow(expect.objectContaining({ code: 'ERR_MACHINE_FILE' }));
    expect(readFileSync(target, 'utf8')).toBe('precious');
  });

  it('makes no file at the target of a link', () => {
    symlinkSync(path.join(directory, 'of-somebody'), file);
    expect(enter).toThrow(expect.objectContaining({ code: 'ERR_MACHINE_FILE' }));
    expect(readdirSync(directory)).toEqual(['machine.json']);
  });

  const inPlace: [string, () => void][] = [
    [
      'a folder',
      () => {
        mkdirSync(file);
      },
    ],
    ['a FIFO', () => spawnSync('mkfifo', [file])],
  ];
  it.each(inPlace)('reports at once that there is %s in place of the file', (_, plant) => {
    plant();
    expect(enter).toThrow(
      expect.objectContaining({ code: 'ERR_MACHINE_FILE', message: expect.stringContaining('regular file') as string }),
    );
  });

  it('leaves no temporary file when the file cannot be replaced', () => {
    const access = new MachineFile(file, true);
    const plant = () => {
      access.transact((process) => {
        process.openSocket('tcp', 4);
        mkdirSync(file);
      });
    };
    expect(plant).toThrow(expect.objectContaining({ code: 'ERR_MACHINE_FILE' }));
    expect(readdirSync(directory)).toEqual(['machine.json']);
  });

  it('removes files that killed processes left beside the file, and nothing else', () => {
    const ended = `${deadPid()}-1-1-0123456789abcdef`;
    const others = ['machine.json.bak', `machine.json.next.${newOwner()}`, `other.json.next.${ended}`];
    for (const name of [...others, `machine.json.next.${ended}`]) writeFileSync(path.join(directory, name), '');
    mkdirSync(path.join(directory, `machine.json.lock.${ended}`, ended), { recursive: true });
    enter();
    expect(readdirSync(directory).sort()).toEqual(['machine.json', ...others].sort());
  });
});
