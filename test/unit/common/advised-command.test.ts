// SPDX-License-Identifier: MIT
import { execSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { advisedCommand } from '../../../src/common/advised-command.js';
import { temporaryFolder } from '../../shared/temporary-folder.js';

let directory: string;
beforeEach(() => {
  directory = temporaryFolder('command');
});

function makePackage(name: string): string {
  const root = path.join(directory, name);
  mkdirSync(path.join(root, 'dist', 'cli'), { recursive: true });
  writeFileSync(path.join(root, 'dist', 'cli', 'main.js'), 'console.log(process.argv.slice(2).join())');
  return root;
}

describe('a command that people are told to run', () => {
  it.each(['plain', 'with spaces', "R&D (O'Brien)", 'サービス'])('runs as printed from any folder: %s', (name) => {
    const command = advisedCommand('create tcp 5000 20', { root: makePackage(name) });
    const env = {
      ...process.env,
      PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env['PATH'] ?? ''}`,
    };
    expect(execSync(command, { cwd: tmpdir(), encoding: 'utf8', env })).toBe('create,tcp,5000,20\n');
  });

  it.each([
    ['C:\\nvm\\v22.1.0\\node.exe', 'C:\\nvm\\v22.1.0\\node.exe'],
    ['/usr/bin/node', '/usr/bin/node'],
    // PowerShell prints a quoted path instead of running it.
    ['C:\\Program Files\\nodejs\\node.exe', 'node'],
    ['C:\\R&D\\node.exe', 'node'],
    // Electron is a Node only where a variable says so.
    ['C:\\app\\electron.exe', 'node'],
  ])('names the Node %s as %s', (execPath, word) => {
    const root = makePackage('plain');
    const main = path.join(root, 'dist', 'cli', 'main.js');
    expect(advisedCommand('map', { root, execPath })).toBe(`${word} "${main}" map`);
  });

  it.each(['a$b', 'a`b', 'a%PATH%b'])('names no file that a shell would take for another one: %s', (name) => {
    const root = makePackage(name);
    expect(advisedCommand('map', { root, platform: 'linux' })).toBe('npx --no-install win-port-reservation map');
  });

  it('names no missing file, as in a bundle, and starts npx so that a batch file goes on after it', () => {
    for (const root of [directory, undefined]) {
      expect(advisedCommand('map', { root, platform: 'win32' })).toBe(
        'cmd /c npx --no-install win-port-reservation map',
      );
    }
  });
});
