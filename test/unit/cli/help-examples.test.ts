// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../../src/cli/program.js';
import { SimulatedWindows } from '../../../src/simulator/index.js';
import { hangLimitMs } from '../../shared/time-limits.mjs';
import { temporaryFolder } from '../../shared/temporary-folder.js';
import { runCommand, Screen } from './terminal.js';

const program = createProgram({ stdout: new Screen(false), stderr: new Screen(false) }, () => Promise.resolve());

/** Lists the full names of all visible commands. */
function namesOf(command: Command, parents: readonly string[] = []): string[] {
  const visible = command.createHelp().visibleCommands(command);
  return visible.flatMap((each) => {
    const words = [...parents, each.name()];
    return [words.join(' '), ...namesOf(each, words)];
  });
}

const helps = await Promise.all(
  ['', ...namesOf(program).filter((name) => name !== 'help')].map(async (name) => {
    const { stdout } = await runCommand(`${name} --help`.trim());
    const examples = [...stdout.matchAll(/^ {2}win-port-reservation (.*)$/gm)].map(([, line = '']) => line);
    return { name, examples };
  }),
);
const examples = [...new Set(helps.flatMap((help) => help.examples))];

/** The commands that have to come before an example, so that there is something to find or to delete. */
const preparations: Record<string, string> = {
  lookup: 'create tcp 5000 20',
  delete: 'create tcp 5000 20',
  'exclude delete': 'exclude add tcp 50000 60',
  'unprotect tcp 3000': 'protect tcp 3000',
  'unprotect tcp 3000 10': 'protect tcp 3000 10',
  'simulate wsl listen': 'simulate wsl mirrored',
  'simulate wsl end': 'simulate wsl mirrored;simulate wsl listen 3000',
  'simulate wsl release': 'simulate wsl mirrored',
  'simulate wsl stop': 'simulate wsl mirrored',
};

function preparationOf(example: string): string[] {
  const names = Object.keys(preparations).filter((name) => example === name || example.startsWith(`${name} `));
  const exact = names.find((name) => name === example);
  const longest = exact ?? names.toSorted((one, other) => other.length - one.length)[0];
  return longest === undefined ? [] : (preparations[longest] ?? '').split(';');
}

// On Windows they would change the machine.
describe.skipIf(process.platform === 'win32')('the examples of the helps', () => {
  it('stand in every help', () => {
    expect(helps.filter((help) => help.examples.length === 0).map(({ name }) => name)).toEqual([]);
    expect(examples.length).toBeGreaterThan(50);
  });

  it.each(examples)('%s', (example) => {
    const directory = temporaryFolder('example');
    writeFileSync(path.join(directory, 'package.json'), JSON.stringify({ scripts: { dev: 'node app.js' } }));
    writeFileSync(path.join(directory, 'app.js'), '');
    // Other programs of this system may use the ports of the examples.
    const machine = new SimulatedWindows({ hostPorts: 'any' }).save();
    const machineFile = path.join(directory, 'machine.json');
    writeFileSync(machineFile, JSON.stringify({ machine, processes: [] }));
    const runMain = (line: string) =>
      spawnSync(process.execPath, [path.resolve('dist/cli/main.js'), ...line.split(' ')], {
        cwd: directory,
        encoding: 'utf8',
        timeout: hangLimitMs,
        env: {
          ...process.env,
          WIN_PORT_RESERVATION_SIMULATE: '1',
          WIN_PORT_RESERVATION_MACHINE: machineFile,
        },
      });
    for (const line of preparationOf(example)) expect(runMain(line)).toMatchObject({ status: 0 });
    const { status, stderr } = runMain(example);
    expect(stderr).not.toContain('error:');
    expect(status).toBe(0);
  });
});
