// SPDX-License-Identifier: MIT
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { hangLimitMs } from '../../shared/time-limits.mjs';
import { temporaryFolder } from '../../shared/temporary-folder.js';

// Runs the built program as inside WSL: the kernel names itself as that of WSL, and shell scripts stand in for the programs
// of Windows.

const main = path.resolve('dist/cli/main.js');
const kernelOfWsl = `data:text/javascript,${encodeURIComponent(`
  import os from 'node:os';
  import { syncBuiltinESMExports } from 'node:module';
  os.release = () => '5.15.167.4-microsoft-standard-WSL2';
  syncBuiltinESMExports();
`)}`;

const table = [
  'Start Port    End Port',
  '----------    --------',
  '      2969        3068',
  '      5000        5019     *',
  '',
  '* - Administered port exclusions.',
];

let folder: string;

beforeEach(() => {
  folder = temporaryFolder('wsl');
  mkdirSync(path.join(folder, 'Windows', 'System32'), { recursive: true });
  script('wslpath', `case $1 in -w) echo "W:$2";; *) echo "${folder}/Windows";; esac`);
});

function script(name: string, lines: string): void {
  const file = path.join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${lines}\n`);
  chmodSync(file, 0o755);
}

type Ended = Pick<SpawnSyncReturns<string>, 'status' | 'signal' | 'stdout' | 'stderr'>;

function runInsideWsl(...args: string[]): Ended {
  const env = { PATH: folder, NO_COLOR: '1', WIN_PORT_RESERVATION_MACHINE: path.join(folder, 'machine.json') };
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [`--import=${kernelOfWsl}`, main, ...args], {
    encoding: 'utf8',
    timeout: hangLimitMs,
    env,
  });
  return { status, signal, stdout, stderr };
}

describe.skipIf(process.platform === 'win32')('inside WSL', () => {
  it('a signal that ends the Node.js of Windows ends the command too, as it does with run', () => {
    script('node.exe', 'kill -TERM $$');
    expect(runInsideWsl('explain', '3000')).toMatchObject({ status: null, signal: 'SIGTERM' });
  });

  it('the Node.js of Windows runs the same command, and its exit code is passed on', () => {
    script('node.exe', 'printf "%s|" "$@"; exit 4');
    const { status, stdout, stderr } = runInsideWsl('explain', '3000', '--json');
    expect({ status, stdout, stderr }).toEqual({ status: 4, stdout: `W:${main}|explain|3000|--json|`, stderr: '' });
  });

  it('netsh tells what it knows where there is no Node.js of Windows, and the rest is said not to be known', () => {
    script('Windows/System32/netsh.exe', table.map((line) => `echo "${line}"`).join('\n'));
    const refused = runInsideWsl('explain', '3000');
    expect(refused).toMatchObject({
      status: 4,
      stdout: expect.stringMatching(/^no: TCP port 3000 .*2969-3068/) as string,
    });
    expect(refused.stderr).toContain('node.exe');
    for (const port of ['5001', '7000']) {
      expect(runInsideWsl('explain', port)).toMatchObject({
        status: 1,
        stdout: expect.stringMatching(/^not known: /) as string,
      });
    }
  });

  it('a command that netsh cannot answer says what to install', () => {
    script('Windows/System32/netsh.exe', 'exit 1');
    for (const args of [['owners'], ['explain', '3000', '--json'], ['protect', 'tcp', '3000']]) {
      const { status, stdout, stderr } = runInsideWsl(...args);
      expect(status, args.join(' ')).toBe(1);
      expect(stdout + stderr).toContain('install Node.js in Windows');
    }
  });

  it('a simulated Windows answers where the user asks for it', () => {
    script('node.exe', 'exit 9');
    const { status, stderr } = runInsideWsl('explain', '3000', '--simulate');
    expect(status).not.toBe(9);
    expect(stderr).toContain('simulated Windows');
  });

  it('netsh that fails is an error', () => {
    script('Windows/System32/netsh.exe', 'echo something else; exit 1');
    const { status, stderr } = runInsideWsl('explain', '3000');
    expect(status).toBe(1);
    expect(stderr).toMatch(/^error: .*netsh/);
  });
});
