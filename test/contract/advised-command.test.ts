// SPDX-License-Identifier: MIT
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { advisedCommand } from '../../dist/common/advised-command.js';
import { temporaryFolder } from '../shared/temporary-folder.js';
import { isWine, readToEnd } from './ring.js';

// The advice is printed for people, who type it into a shell or put it into a batch file. The unit tests of advisedCommand
// show what it is made of.

const isWindows = process.platform === 'win32';
const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

/** Runs a program with the folder of this Node in its PATH. */
async function output(file: string, args: readonly string[]): Promise<string> {
  const env = { ...process.env };
  const name = Object.keys(env).find((each) => each.toUpperCase() === 'PATH') ?? 'PATH';
  env[name] = `${path.dirname(process.execPath)}${path.delimiter}${env[name] ?? ''}`;
  const child = spawn(file, args, { cwd: tmpdir(), env, stdio: ['ignore', 'pipe', 'inherit'] });
  return (await readToEnd(child.stdout)).replaceAll('\r', '');
}

it('a command of the advice runs as printed in a script of the shell, which goes on after it', async () => {
  const folder = temporaryFolder('advice');
  const command = advisedCommand('--version');
  const script = path.join(folder, isWindows ? 'advice.cmd' : 'advice.sh');
  writeFileSync(script, isWindows ? `@ECHO off\r\n${command}\r\nECHO and on\r\n` : `${command}\necho and on\n`);
  const ended = isWindows ? await output('cmd.exe', ['/d', '/c', script]) : await output('sh', [script]);
  expect(ended).toBe(`${version}\nand on\n`);
});

// Wine has no PowerShell.
it.runIf(isWindows && !isWine)('a command of the advice runs as printed in PowerShell', async () => {
  const text = advisedCommand('--version');
  expect(await output('powershell.exe', ['-NoProfile', '-Command', text])).toBe(`${version}\n`);
});
