// SPDX-License-Identifier: MIT
// The file of a machine as a log: lines that were added, lines that were not finished, and a new log in its place.
import fs, { chmodSync, linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { MachineFile } from '../../../src/simulator/file/machine-file.js';
import { SimulatedWindows } from '../../../src/simulator/model/machine.js';
import { temporaryFolder } from '../../shared/temporary-folder.js';

let directory: string;
let file: string;

beforeEach(() => {
  directory = temporaryFolder('unit');
  file = path.join(directory, 'machine.json');
});

function create(access: MachineFile, port: number): void {
  access.transact((process) => process.createPersistentPortReservation('tcp', port, 1));
}

function portsOf(access: MachineFile): number[] {
  return access.visit((machine) => machine.persistentReservations('tcp').map(({ startPort }) => startPort));
}

/** Reads the file as a process does that starts now. */
function portsInFile(): number[] {
  return portsOf(new MachineFile(file, true));
}

/** Returns the first line, which differs for each log. */
function idOfLog(): string | undefined {
  return readFileSync(file, 'utf8').split('\n').at(0);
}

/** Replaces a function of the file system during `work`. */
function withFault<Name extends 'writeSync' | 'ftruncateSync'>(
  name: Name,
  make: (original: (typeof fs)[Name]) => (typeof fs)[Name],
  work: () => void,
): void {
  const original = fs[name];
  const replace = (by: (typeof fs)[Name]): void => {
    fs[name] = by;
    syncBuiltinESMExports();
  };
  replace(make(original));
  try {
    work();
  } finally {
    replace(original);
  }
}

/** Writes the beginning of what it is given, as on a full disk, and fails then. */
const halfOf = (original: typeof fs.writeSync) => (descriptor: number, bytes: unknown, offset?: unknown) => {
  original(descriptor, (bytes as Buffer).subarray(0, 20), Number(offset), 20, statSync(file).size);
  throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
};

const unusable = expect.objectContaining({ code: 'ERR_MACHINE_FILE' }) as Error;

describe('a machine in a file', () => {
  it('gets a line for each transaction that changes it, and no more for one that does not', () => {
    const access = new MachineFile(file, true);
    create(access, 5000);
    const id = idOfLog();
    for (let port = 5001; port < 5010; port += 1) create(access, port);
    const { size } = statSync(file);
    expect(portsOf(access)).toHaveLength(10);
    expect({ id: idOfLog(), size: statSync(file).size }).toEqual({ id, size });
    expect(readFileSync(file, 'utf8').trimEnd().split('\n')).toHaveLength(2 + 9);
  });

  it('is the same for processes that take turns, whichever of them replaces the log', () => {
    const accesses = [new MachineFile(file, true), new MachineFile(file, true)] as const;
    const ids = new Set<string | undefined>();
    const expected: number[] = [];
    for (let turn = 0; ids.size < 3; turn += 1) {
      const [one, other] = turn % 3 === 0 ? accesses : [accesses[1], accesses[0]];
      const ports = Array.from({ length: 40 }, (_, port) => 2000 + 40 * turn + port);
      one.transact((process) => {
        for (const port of ports) process.createPersistentPortReservation('tcp', port, 1);
      });
      expected.push(...ports);
      expect(portsOf(other)).toEqual(expected);
      ids.add(idOfLog());
    }
    expect(accesses.map(portsOf)).toEqual([expected, expected]);
    expect(portsInFile()).toEqual(expected);
  });

  it('is as before the last transaction if its line was not finished, wherever it broke off', () => {
    const access = new MachineFile(file, true);
    create(access, 5000);
    create(access, 5001);
    const { size } = statSync(file);
    create(access, 5002);
    const whole = readFileSync(file);
    const lengths = Array.from({ length: 16 }, (_, part) => size + Math.floor(((whole.length - size) * part) / 16));
    for (const length of [...lengths, size + 1, whole.length - 1, whole.length]) {
      writeFileSync(file, whole.subarray(0, length));
      const isWhole = length === whole.length;
      expect(portsInFile()).toEqual(isWhole ? [5000, 5001, 5002] : [5000, 5001]);
      // The next line takes its place.
      const next = new MachineFile(file, true);
      create(next, 5003);
      expect(portsInFile()).toEqual(isWhole ? [5000, 5001, 5002, 5003] : [5000, 5001, 5003]);
    }
  });

  it.each([
    ['removes', false],
    ['leaves', true],
  ])('has nothing of a line that could not be written, whose beginning the process %s', (_, cannotTruncate) => {
    const access = new MachineFile(file, true);
    create(access, 5000);
    create(access, 5001);
    let truncations = 0;
    const failSecond = (original: typeof fs.ftruncateSync): typeof fs.ftruncateSync => {
      return (descriptor, length) => {
        truncations += 1;
        if (cannotTruncate && truncations > 1) throw new Error('not now');
        original(descriptor, length);
      };
    };
    withFault('ftruncateSync', failSecond, () => {
      withFault('writeSync', halfOf, () => {
        expect(() => {
          create(access, 5002);
        }).toThrow(unusable);
      });
    });
    expect(readFileSync(file, 'utf8').endsWith('\n')).toBe(!cannotTruncate);
    expect([portsOf(access), portsInFile()]).toEqual([
      [5000, 5001],
      [5000, 5001],
    ]);
    create(access, 5002);
    expect(portsInFile()).toEqual([5000, 5001, 5002]);
  });

  it('is read anew where a user has edited the file, removed it, or brought another', () => {
    const access = new MachineFile(file, true);
    create(access, 5000);
    create(access, 5001);
    const edited = readFileSync(file, 'utf8').replaceAll('"startPort":5000', '"startPort":50000');
    writeFileSync(file, edited);
    create(access, 5002);
    expect(portsOf(access)).toEqual([5001, 5002, 50_000]);
    rmSync(file);
    create(access, 5003);
    expect(portsOf(access)).toEqual([5003]);
    writeFileSync(file, edited);
    expect(portsOf(access)).toEqual([5001, 50_000]);
    writeFileSync(file, '');
    expect(portsOf(access)).toEqual([]);
  });

  it('is made from a whole machine too, and goes on as a log', () => {
    const windows = new SimulatedWindows();
    windows.startProcess().createPersistentPortReservation('tcp', 5000, 1);
    writeFileSync(file, JSON.stringify({ machine: windows.save(), processes: [] }));
    const access = new MachineFile(file, true);
    create(access, 5001);
    create(access, 5002);
    expect(readFileSync(file, 'utf8')).toMatch(/^\{"log":"[0-9a-f]{16}"\}\n/);
    expect([portsOf(access), portsInFile()]).toEqual([
      [5000, 5001, 5002],
      [5000, 5001, 5002],
    ]);
  });

  it.each([
    ['a machine of another version', '{"machine":{"version":1},"processes":[]}'],
    ['an id alone', '{"log":"0123456789abcdef"}\n'],
    ['a line that is no JSON', undefined],
  ])('is not made from %s, and the file stays', (_, text) => {
    const access = new MachineFile(file, true);
    create(access, 5000);
    const content = text ?? `${readFileSync(file, 'utf8')}{"changes":\n`;
    writeFileSync(file, content);
    for (const reader of [access, new MachineFile(file, true)]) {
      expect(() => {
        create(reader, 5001);
      }).toThrow(unusable);
    }
    expect(readFileSync(file, 'utf8')).toBe(content);
  });
});

describe.skipIf(process.platform === 'win32')('a machine in a file that others can reach', () => {
  it.each([
    [
      'by its mode',
      () => {
        chmodSync(file, 0o644);
      },
    ],
    [
      'by another name',
      () => {
        linkSync(file, path.join(directory, 'other-name'));
      },
    ],
  ])('%s, goes on in a file of its own', (_, open) => {
    const access = new MachineFile(file, true);
    create(access, 5000);
    open();
    const before = statSync(file).ino;
    const content = readFileSync(file, 'utf8');
    create(access, 5001);
    expect(statSync(file)).toMatchObject({ nlink: 1 });
    expect(statSync(file).ino).not.toBe(before);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(portsInFile()).toEqual([5000, 5001]);
    if (fs.existsSync(path.join(directory, 'other-name'))) {
      expect(readFileSync(path.join(directory, 'other-name'), 'utf8')).toBe(content);
    }
  });
});
