// SPDX-License-Identifier: MIT
import { isCallFailure } from '../../../src/common/errors.js';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { getBinding, getNetsh, installBinding } from '../../../src/windows/binding.js';
import { install, SimulatedWindows } from '../../../src/simulator/index.js';
import { readDocument } from '../../shared/cli-output-schema.js';
import { expectPrintable, hostileName } from '../common/hostile-text.js';
import { runCommand } from './terminal.js';

beforeEach(() => {
  // The tests must not depend on the settings of the user's terminal.
  vi.stubEnv('FORCE_COLOR', undefined);
  vi.stubEnv('NO_COLOR', undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** Makes a machine on which a process with such a name, and services with such names, has TCP port 5432. */
async function onHostileMachine(name: string, work: () => Promise<void>): Promise<void> {
  const machine = new SimulatedWindows({ hostPorts: 'any' });
  const simulation = install(machine);
  const process = machine.startProcess({ imageName: name, processId: 4711 });
  process.confirmBind(process.openSocket('tcp', 6), 5432, ['::', '0.0.0.0']);
  const binding = getBinding();
  const listPortOwners: typeof binding.listPortOwners = async (protocol, port) => {
    const rows = await binding.listPortOwners(protocol, port);
    return isCallFailure(rows) ? rows : rows.map((row) => ({ ...row, serviceNames: [name, `${name}2`] }));
  };
  const uninstall = installBinding({ ...binding, listPortOwners }, getNetsh());
  try {
    await work();
  } finally {
    uninstall();
    simulation.uninstall();
  }
}

/** Removes the colors, which are the only control sequences of the program itself. */
const color = new RegExp(`${String.fromCharCode(0x1b)}\\[\\d+m`, 'g');
const uncolored = (text: string): string => text.replaceAll(color, '');

const lines = [
  'owners',
  'explain tcp 5432 --evidence',
  'map --protocol tcp --svg -',
  'map --protocol tcp --highlight 5432 --html -',
  'list',
  'owners --json',
  'explain tcp 5432 --json',
];

describe('a command', () => {
  it('prints no control character of a name, on a terminal or into a file', async () => {
    await fc.assert(
      fc.asyncProperty(hostileName, async (name) => {
        await onHostileMachine(name, async () => {
          for (const line of lines) {
            const [plain, colored] = [await runCommand(line), await runCommand(line, { isTTY: true })];
            for (const text of [plain.stdout, plain.stderr, uncolored(colored.stdout)]) {
              expectPrintable(text, { lines: true });
            }
          }
        });
      }),
      { numRuns: 30 },
    );
  });

  it('gives the unchanged name in JSON', async () => {
    const name = 'a\u001b\u009b\u202e"\n\u2028.exe';
    await onHostileMachine(name, async () => {
      const { stdout } = await runCommand('owners --json');
      expectPrintable(stdout, { lines: true });
      expect(readDocument(stdout)['owners']).toContainEqual(
        expect.objectContaining({ imageName: name, serviceNames: [name, `${name}2`] }),
      );
    });
  });

  it.each(['\u001b[2J', 'list\u202e', '--\u009b31m', '--svg=\u001b/x'])(
    'that has a control character in its own line does not print it: number %#',
    async (word) => {
      for (const line of [
        word,
        `help ${word}`,
        `list ${word}`,
        `explain tcp ${word}`,
        `explain tcp 80 --host ${word}`,
        `map ${word}`,
      ]) {
        for (const json of ['', ' --json']) {
          const { exitCode, stdout, stderr } = await runCommand(line + json);
          expect(exitCode).not.toBe(0);
          expectPrintable(stdout + stderr, { lines: true });
        }
      }
    },
  );
});
