// SPDX-License-Identifier: MIT
// cspell:ignore protec setu
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { complete } from '../../../src/cli/complete.js';
import { completionScripts } from '../../../src/cli/completion-scripts.js';
import { createProgram } from '../../../src/cli/program.js';
import { readDocument } from '../../shared/cli-output-schema.js';
import { hangLimitMs } from '../../shared/time-limits.mjs';
import { temporaryFolder } from '../../shared/temporary-folder.js';
import { runCommand, Screen } from './terminal.js';

const program = createProgram({ stdout: new Screen(false), stderr: new Screen(false) }, () => Promise.resolve());
const main = path.resolve('dist/cli/main.js');

function wordsAfter(line: string): string[] | 'files' {
  const words = line.split(' ');
  const found = complete(program, words.slice(0, -1), words.at(-1) ?? '');
  return found === 'files' ? found : found.map(({ word }) => word);
}

describe('the words that a shell offers', () => {
  it.each([
    ['ex', ['explain', 'exclude']],
    ['exclude ', ['add', 'delete']],
    ['simulate wsl m', ['mirrored']],
    ['create ', ['tcp', 'udp']],
    ['create t', ['tcp']],
    ['create tcp ', []],
    ['explain u', ['udp']],
    ['list --st', ['--store']],
    ['list --store ', ['active', 'persistent']],
    ['list -s p', ['persistent']],
    // bash gives the sign as a word, zsh and PowerShell do not.
    ['list --store = p', ['persistent']],
    ['list --store=p', ['--store=persistent']],
    ['list --store active --j', ['--json']],
    ['find --protocol ', ['tcp', 'udp', 'both']],
    ['--json cre', ['create']],
    ['help exclude a', ['add']],
    ['completion z', ['zsh']],
    ['find --number ', []],
    ['nonsense ', []],
  ])('after "%s": %j', (line, words) => {
    expect(wordsAfter(line)).toEqual(words);
  });

  it('are names of files where a file or a program belongs', () => {
    for (const line of ['map --svg ', 'map --svg po', 'run ', 'run -- no', 'run npm ', 'run -- npm run --']) {
      expect([line, wordsAfter(line)]).toEqual([line, line === 'run ' ? [] : 'files']);
    }
  });

  it('include every command but the hidden ones, each with a description', () => {
    const found = complete(program, [], '');
    const visible = program.createHelp().visibleCommands(program);
    expect(found).toEqual(
      visible.map((command) => ({ word: command.name(), description: expect.any(String) as string })),
    );
    for (const { word, description } of found as { word: string; description: string }[]) {
      expect(description, word).toMatch(/^\S/);
      expect(description, word).not.toContain('\t');
    }
    expect(wordsAfter('comp')).toEqual(['completion']);
  });

  it('are printed for the scripts, a word and a description in a line', async () => {
    const { exitCode, stdout, stderr } = await runCommand('complete --word=ad -- exclude');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^add\tExclude a block[^\n\t]*\n$/);
    expect((await runCommand('complete --word=x -- run -- npm --json')).stdout).toBe(':files\n');
  });
});

describe('a script', () => {
  it('names this program with quotes that the shell needs', () => {
    const odd = { node: "/o'dd/node", main: '/a b/main.js' };
    expect(completionScripts.bash(odd)).toContain(String.raw`'/o'\''dd/node' '/a b/main.js' complete`);
    expect(completionScripts.zsh(odd)).toContain(String.raw`'/o'\''dd/node' '/a b/main.js' complete`);
    expect(completionScripts.powershell(odd)).toContain(`& '/o''dd/node' '/a b/main.js' complete`);
  });

  it.each(['bash', 'zsh', 'powershell'])('for %s is printed, also as JSON', async (shell) => {
    const { stdout } = await runCommand(`completion ${shell}`);
    const { script } = readDocument((await runCommand(`completion ${shell} --json`)).stdout);
    expect(script).toBe(stdout);
  });
});

const shells = [
  ['bash', ['--norc', '--noprofile', '-i']],
  ['zsh', ['-f', '-i']],
] as const;

for (const [shell, args] of shells) {
  const isThere = spawnSync(shell, ['-c', 'true']).status === 0 && spawnSync('script', ['--version']).status === 0;
  describe.skipIf(process.platform === 'win32' || (!isThere && process.env['CI'] !== 'true'))(`in ${shell}`, () => {
    it('completes what is typed in a terminal, and starts the program by its name', () => {
      const directory = temporaryFolder('completion');
      writeFileSync(path.join(directory, 'setup'), completionScripts[shell]({ node: process.execPath, main }));
      const session = [
        'source ./setup',
        'win-port-reservation --version',
        // From here on the name prints the words that reach it.
        String.raw`win-port-reservation() { printf 'ran[%s]' "$@"; echo; }`,
        'win-port-reservation protec\ttcp 3000',
        'win-port-reservation list --sto\tact\t',
        'win-port-reservation exclude d\ttcp 1',
        'win-port-reservation map --svg setu\t',
        'exit',
        '',
      ].join('\n');
      const { stdout, status } = spawnSync('script', ['-qec', [shell, ...args].join(' '), '/dev/null'], {
        cwd: directory,
        input: session,
        encoding: 'utf8',
        timeout: hangLimitMs,
        env: { ...process.env, TERM: 'dumb', HOME: directory, ZDOTDIR: directory, NO_COLOR: '1' },
      });
      const lines = stdout.split(/\r?\n/).map((line) => line.trim());
      expect([status, lines.filter((line) => /^(ran\[|\d+\.\d+\.\d+)/.test(line))], stdout).toEqual([
        0,
        [
          expect.stringMatching(/^\d/) as string,
          'ran[protect]ran[tcp]ran[3000]',
          'ran[list]ran[--store]ran[active]',
          'ran[exclude]ran[delete]ran[tcp]ran[1]',
          'ran[map]ran[--svg]ran[setup]',
        ],
      ]);
    });
  });
}
