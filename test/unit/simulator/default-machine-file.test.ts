// SPDX-License-Identifier: MIT
import { chmodSync, lstatSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { defaultMachineFile } from '../../../src/simulator/file/default-machine-file.js';
import { temporaryFolder } from '../../shared/temporary-folder.js';

// Off Windows it is always there.
const system = process as { geteuid(): number };

let directory: string;
let folder: string;

beforeEach(() => {
  directory = temporaryFolder('unit');
  folder = path.join(directory, 'state', 'win-port-reservation');
  vi.stubEnv('HOME', directory);
  vi.stubEnv('TMPDIR', directory);
  vi.stubEnv('XDG_STATE_HOME', path.join(directory, 'state'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe.skipIf(process.platform === 'win32')('the machine of a user who names no file', () => {
  it("is in the user's state folder, which no other user can enter", () => {
    expect(defaultMachineFile()).toBe(path.join(folder, 'machine.json'));
    expect(lstatSync(folder).mode & 0o777).toBe(0o700);
    expect(defaultMachineFile()).toBe(path.join(folder, 'machine.json'));
  });

  it.each(['', 'state'])('is in the home where the folder of the state is %j', (state) => {
    vi.stubEnv('XDG_STATE_HOME', state);
    expect(defaultMachineFile()).toBe(path.join(directory, '.local/state/win-port-reservation/machine.json'));
  });

  it('is in the temporary folder if the home is missing or belongs to another user', () => {
    const uid = system.geteuid();
    const expected = path.join(directory, `win-port-reservation-${uid}`, 'machine.json');
    vi.stubEnv('HOME', path.join(directory, 'nothing'));
    expect(defaultMachineFile()).toBe(expected);

    vi.stubEnv('HOME', directory);
    // The first check is who owns the home.
    vi.spyOn(system, 'geteuid').mockReturnValueOnce(uid + 1);
    expect(defaultMachineFile()).toBe(expected);
  });

  const planted: [string, () => void][] = [
    [
      'a link',
      () => {
        symlinkSync(path.join(directory, 'elsewhere'), folder);
      },
    ],
    [
      'a link to nothing',
      () => {
        symlinkSync(path.join(directory, 'nothing'), folder);
      },
    ],
    [
      'a file',
      () => {
        writeFileSync(folder, '');
      },
    ],
    [
      'a folder that others can write to',
      () => {
        mkdirSync(folder);
        chmodSync(folder, 0o722);
      },
    ],
  ];
  it.each(planted)('is not in %s, and the error says what to do', (_, plant) => {
    mkdirSync(path.join(directory, 'state'));
    mkdirSync(path.join(directory, 'elsewhere'));
    plant();
    expect(defaultMachineFile).toThrow(
      expect.objectContaining({
        code: 'ERR_MACHINE_FILE',
        message: expect.stringMatching(/state.win-port-reservation (is|can) .*WIN_PORT_RESERVATION_MACHINE/s) as string,
      }),
    );
    expect(readdirSync(path.join(directory, 'elsewhere'))).toEqual([]);
  });

  it('is not in the folder of another user', () => {
    defaultMachineFile();
    const uid = system.geteuid();
    vi.spyOn(system, 'geteuid').mockReturnValue(uid + 1);
    mkdirSync(path.join(directory, `win-port-reservation-${uid + 1}`));
    expect(defaultMachineFile).toThrow(`belongs to the user ${uid}`);
  });
});
