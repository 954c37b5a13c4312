// SPDX-License-Identifier: MIT
// Runs the scripts of this folder. A line "$ ..." runs a command line, which must end with the exit code of the line "exit",
// or with 0. "shows" and "hides" name texts that its output has, and has not. A command behind "inside-wsl" runs in a Linux
// inside WSL, which starts the Node.js of Windows.
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { findPlace } from '../shared/free-place.js';
import { hangLimitMs } from '../shared/time-limits.mjs';
import { temporaryFolder } from '../shared/temporary-folder.js';

const main = path.resolve(import.meta.dirname, '../../dist/cli/main.js');
const scripts = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.txt'));

interface Step {
  readonly command: string;
  readonly exitCode: number;
  readonly shows: readonly string[];
  readonly hides: readonly string[];
}

function stepsOf(script: string): Step[] {
  return script
    .split(/^\$ /m)
    .slice(1)
    .map((text) => {
      const [command = '', ...lines] = text.trimEnd().split('\n');
      const textsOf = (word: string) =>
        lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
      const known = ['exit', 'shows', 'hides'].flatMap(textsOf);
      if (known.length !== lines.length) throw new Error(`a line after "${command}" is not understood`);
      return { command, exitCode: Number(textsOf('exit')[0] ?? 0), shows: textsOf('shows'), hides: textsOf('hides') };
    });
}

const kernelOfWsl = `data:text/javascript,${encodeURIComponent(`
  import os from 'node:os';
  import { syncBuiltinESMExports } from 'node:module';
  os.release = () => '5.15.167.4-microsoft-standard-WSL2';
  syncBuiltinESMExports();
`)}`;

/** Makes the programs of Windows that a Linux inside WSL finds in its PATH; node.exe runs on the simulated machine. */
function makeProgramsOfWindows(folder: string): void {
  const scripts = {
    wslpath: 'echo "$2"',
    'node.exe': `WIN_PORT_RESERVATION_SIMULATE=1 exec "${process.execPath}" "$@"`,
  };
  for (const [name, line] of Object.entries(scripts)) {
    writeFileSync(path.join(folder, name), `#!/bin/sh\n${line}\n`, { mode: 0o700 });
  }
}

function runLine(command: string, environment: NodeJS.ProcessEnv, folder: string): SpawnSyncReturns<string> {
  const insideWsl = command.startsWith(wslPrefix);
  const args = (insideWsl ? command.slice(wslPrefix.length) : command).split(' ');
  const file = args.indexOf('node');
  if (file !== -1) args[file] = process.execPath;
  const env = insideWsl ? { ...environment, PATH: folder } : environment;
  const nodeArgs = insideWsl ? [`--import=${kernelOfWsl}`] : [];
  return spawnSync(process.execPath, [...nodeArgs, main, ...args], { encoding: 'utf8', env, timeout: hangLimitMs });
}

const wslPrefix = 'inside-wsl ';

/** Finds the places of a block of 100 ports: those that a script binds are free on the host. */
async function findPlaces(): Promise<Record<string, number>> {
  const from = await findPlace([31, 100, 101]);
  return { from, port: from + 31, after: from + 100, beyond: from + 101 };
}

describe('a script of a situation', () => {
  const needsShell = (name: string): boolean =>
    readFileSync(path.join(import.meta.dirname, name), 'utf8').includes(wslPrefix);
  const here = scripts.filter((name) => process.platform !== 'win32' || !needsShell(name));

  it.each(here)('ends it: %s', async (name) => {
    const folder = temporaryFolder('situation');
    const env = { ...process.env, WIN_PORT_RESERVATION_MACHINE: path.join(folder, 'machine.json'), NO_COLOR: '1' };
    makeProgramsOfWindows(folder);
    const places = await findPlaces();
    const text = readFileSync(path.join(import.meta.dirname, name), 'utf8');
    const steps = stepsOf(text.replace(/\{(\w+)\}/g, (_, place: string) => String(places[place])));
    expect(steps.length).toBeGreaterThan(0);
    for (const { command, exitCode, shows, hides } of steps) {
      const ended = runLine(command, env, folder);
      const output = `${ended.stdout}${ended.stderr}`.replace(/\s+/g, ' ');
      expect({ command, exitCode: ended.status, output }).toEqual({ command, exitCode, output });
      for (const shown of shows) expect(output).toContain(shown);
      for (const hidden of hides) expect(output).not.toContain(hidden);
    }
  });

  it.each(scripts)('is in the table of the documentation: %s', (name) => {
    const page = readFileSync(path.resolve(import.meta.dirname, '../../docs/eacces.md'), 'utf8');
    expect(page).toContain(`\`${name}\``);
  });
});
