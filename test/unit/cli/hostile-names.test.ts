// SPDX-License-Identifier: MIT
import { isCallFailure } from '../../../src/common/errors.js';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createProgram } from '../../../src/cli/program.js';
import { completeCommand } from '../../../src/cli/completion-scripts.js';
import { getBinding, getNetsh, installBinding } from '../../../src/windows/binding.js';
import { install, SimulatedWindows } from '../../../src/simulator/index.js';
import { readDocument } from '../../shared/cli-output-schema.js';
import { expectPrintable, hostileName } from '../common/hostile-text.js';
import { runCommand, Screen } from './terminal.js';

beforeEach(() => {
  // The tests must not depend on the settings of the user's terminal.
  vi.stubEnv('FORCE_COLOR', undefined);
  vi.stubEnv('NO_COLOR', undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/**
 * Makes a machine on which everything has such a name: a process that has TCP port 5432 with all that Windows tells about
 * it and its parent, a service of it, a container, a distribution and a program in it. netsh prints the name too.
 */
async function onHostileMachine(name: string, work: () => Promise<void>): Promise<void> {
  const machine = new SimulatedWindows({ hostPorts: 'any' });
  const simulation = install(machine);
  const texts = { imageName: name, executable: name, commandLine: name, workingDirectory: name, userName: name };
  machine.startProcess({ ...texts, processId: 4000, startedAt: new Date(0) });
  const process = machine.startProcess({ ...texts, processId: 4711, parentProcessId: 4000, startedAt: new Date() });
  process.confirmBind(process.openSocket('tcp', 6), 5432, ['::', '0.0.0.0']);
  machine.startProcess({ ...texts, processId: 4712, parentProcessId: 4000 }).listen({ protocol: 'tcp', port: 5433 });
  machine.docker.run({ port: 8080, name });
  machine.wsl.start({ mode: 'nat', distribution: name });
  machine.wsl.listen(5173, name);
  const binding = getBinding();
  const listPortOwners: typeof binding.listPortOwners = async (protocol, port) => {
    const rows = await binding.listPortOwners(protocol, port);
    return isCallFailure(rows)
      ? rows
      : rows.map((row) => (row.processId === 4711 ? { ...row, serviceNames: [name, `${name}2`] } : row));
  };
  const netsh = getNetsh();
  const uninstall = installBinding({ ...binding, listPortOwners }, async (args) => {
    const isChange = args.includes('add') || args.includes('delete');
    return isChange ? { exitCode: 1, output: name } : netsh(args);
  });
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
  'owners --pid 4711',
  'explain tcp 5432 --evidence',
  'explain 5173 8080',
  'explain --pid 4711',
  'map --protocol tcp',
  'map --protocol tcp --svg -',
  'map --protocol tcp --highlight 5432 --html -',
  'list',
  'doctor 5173 5432 8080',
  'find --from-port 5432',
  'free 5432 --dry-run',
  'free 5433 --dry-run',
  'free 5433',
  'free 5433 --yes',
  'free 5173 --yes',
  'free 8080 --yes',
  'protect tcp 5432',
  'protect tcp 20000 --dry-run',
  'unprotect tcp 20000',
  'exclude add tcp 20000',
  'exclude delete tcp 20000',
  'create tcp 5432',
  'delete tcp 5432',
];
/** The commands that ask Windows for nothing that has a name, or whose own tests are elsewhere. */
const others = ['completion', 'help', 'run', 'simulate'];
/** The commands with the code of create and delete. */
const alike = ['ensure', 'lookup'];

it('all commands are tried', () => {
  const output = { stdout: new Screen(false), stderr: new Screen(false) };
  const names = createProgram(output, () => Promise.resolve()).commands.map((command) => command.name());
  const tried = [...new Set(lines.map((line) => line.split(' ')[0])), ...others, ...alike];
  // The shells call it for their completion.
  expect(tried.toSorted()).toEqual(names.filter((name) => name !== completeCommand).toSorted());
});

describe('a command', () => {
  it('prints no control character of a name, on a terminal or into a file', async () => {
    await fc.assert(
      fc.asyncProperty(hostileName, async (name) => {
        await onHostileMachine(name, async () => {
          for (const line of lines) {
            const plain = await runCommand(line);
            const colored = await runCommand(line, { isTTY: true });
            const json = await runCommand(`${line} --json`);
            for (const { stdout, stderr } of [plain, colored, json]) {
              expectPrintable(uncolored(stdout + stderr), { lines: true });
            }
            JSON.parse(json.stdout);
          }
        });
      }),
      { numRuns: 10 },
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
        `doctor ${word}`,
        `free ${word}`,
        `free tcp ${word}`,
        `owners --pid ${word}`,
        `explain --pid ${word}`,
        `completion ${word}`,
        `protect tcp ${word}`,
        `simulate wsl listen ${word}`,
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
