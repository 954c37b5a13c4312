// SPDX-License-Identifier: MIT
// cspell:ignore protec
// Runs the script for PowerShell where there is one: on Windows, and wherever pwsh is installed. The unit tests run those for
// bash and zsh.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { hangLimitMs } from '../shared/time-limits.mjs';
import { temporaryFolder } from '../shared/temporary-folder.js';
import { isWine } from './ring.js';

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };
const main = path.resolve('dist/cli/main.js');
const isWindows = process.platform === 'win32' && !isWine;

function run(shell: string, args: readonly string[], cwd: string): string {
  const { stdout } = spawnSync(shell, ['-NoProfile', '-NonInteractive', ...args], {
    cwd,
    encoding: 'utf8',
    timeout: hangLimitMs,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // Null where there is no such program; Wine has one that prints nothing.
  return ((stdout as string | null) ?? '').replaceAll('\r', '');
}

const isThere = (shell: string): boolean => run(shell, ['-Command', "'here'"], tmpdir()).trim() === 'here';

/** Lists the words that Tab offers after a line. */
const offered = {
  'win-port-reservation protec': 'protect',
  'win-port-reservation list --sto': '--store',
  'win-port-reservation list --store ': 'active persistent',
  'win-port-reservation exclude ': 'add delete',
  'win-port-reservation run -- no': '',
};

// Every Windows has powershell.exe.
const shells = { 'powershell.exe': isWindows, pwsh: isThere('pwsh') };

for (const [shell, isToRun] of Object.entries(shells)) {
  describe.runIf(isToRun)(`in ${shell}`, () => {
    it('the script completes what is typed, and starts the program by its name', () => {
      const folder = temporaryFolder('completion');
      const lines = Object.keys(offered).map((line) => `'${line}'`);
      const script = [
        `& '${process.execPath}' '${main}' completion powershell | Out-String | Invoke-Expression`,
        `foreach ($line in @(${lines.join(', ')})) {`,
        '  $found = (TabExpansion2 -inputScript $line -cursorColumn $line.Length).CompletionMatches',
        '  "$line=$(@($found | ForEach-Object { $_.CompletionText }) -join \' \')"',
        '}',
        'win-port-reservation --version',
      ];
      const file = path.join(folder, 'try.ps1');
      writeFileSync(file, script.join('\r\n'));
      expect(run(shell, ['-ExecutionPolicy', 'Bypass', '-File', file], folder).trim().split('\n')).toEqual([
        ...Object.entries(offered).map(([line, words]) => `${line}=${words}`),
        version,
      ]);
    });
  });
}
