// SPDX-License-Identifier: MIT
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { installForTest } from '../install-for-test.js';
import { demoMachine } from './demo-machine.js';
import { runCommand } from './terminal.js';

const columns = 60;

beforeEach(() => {
  installForTest(demoMachine());
  vi.stubEnv('FORCE_COLOR', undefined);
  vi.stubEnv('NO_COLOR', undefined);
});

afterEach(() => {
  vi.unstubAllEnvs();
});

/** A command that is to be copied stays on one line: the terminal breaks it, and copies it whole. */
function isCommand(line: string): boolean {
  return /^ {4,}\S|^ *"/.test(line);
}

describe(`a terminal of ${columns} columns`, () => {
  it.each([
    'list',
    'owners',
    'explain 3000',
    'explain 1030',
    'explain 5432 --evidence',
    'doctor 3000 1030',
    'protect tcp 3000 --dry-run',
    'free 5432 --dry-run',
  ])('shows %s without a line that is too long', async (line) => {
    const stdout = stripVTControlCharacters((await runCommand(line, { isTTY: true, columns })).stdout);
    const lines = stdout.split('\n');
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.filter((each) => each.length > columns && !isCommand(each))).toEqual([]);
    const wide = await runCommand(line);
    // Only the head of the empty column of services is missing.
    const expected = line === 'owners' ? wide.stdout.replace(' services\n', '\n') : wide.stdout;
    expect(wordsOf(stdout)).toEqual(wordsOf(expected));
  });

  it('shows the map without a line that is too long', async () => {
    const { stdout } = await runCommand('map --highlight 3000', { isTTY: true, columns });
    const lines = stripVTControlCharacters(stdout).split('\n');
    expect(lines.length).toBeGreaterThan(10);
    expect(lines.filter((each) => each.length > columns)).toEqual([]);
  });

  it.each(['create tcp 1030', 'exclude add tcp 1030', 'protect tcp 80', 'explain nonsense', 'find --number 70000'])(
    'shows why %s fails without a line that is too long, and a command on one line',
    async (line) => {
      const narrow = stripVTControlCharacters((await runCommand(line, { isTTY: true, columns })).stderr);
      const wide = (await runCommand(line)).stderr;
      expect(narrow.split('\n').filter((each) => each.length > columns && !isCommand(each))).toEqual([]);
      expect(wordsOf(narrow)).toEqual(wordsOf(wide));
      const [command] = /\S+ "\S+main\.js" .*$/m.exec(wide) ?? [];
      if (command !== undefined) expect(narrow).toContain(`\n    ${command}\n`);
    },
  );

  it('gets narrower than a pipe, whose tables have no limit', async () => {
    const { stdout } = await runCommand('list');
    expect(stdout).toContain('reserved by Windows or a program');
    expect((await runCommand('list', { isTTY: true, columns })).stdout).not.toContain(
      'reserved by Windows or a program',
    );
  });
});

/** The words in alphabetical order, because those of a table go on in other lines. */
function wordsOf(text: string): string[] {
  return text
    .split(/\s+/)
    .map((word) => word.replace(/\d+ (?=s|ago)/g, ''))
    .toSorted();
}
