// SPDX-License-Identifier: MIT
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { canSteer, steeredIt } from './needs.js';
import { freeBlock, onMachine, isWine, readToEnd, spawnNode } from './ring.js';
import { hangLimitMs } from '../shared/time-limits.mjs';

// `run` in a process of its own, with a command that is one more.

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const program = fileURLToPath(new URL('children/fail-to-listen.mjs', import.meta.url));

interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(args: readonly string[], input = ''): Promise<Ended> {
  const child = spawnNode([main, 'run', ...args], { WIN_PORT_RESERVATION_EXPLAIN_MS: String(hangLimitMs) });
  child.stdin.end(input);
  const [stdout, stderr, exitCode] = await Promise.all([
    readToEnd(child.stdout),
    readToEnd(child.stderr),
    new Promise<number | null>((resolve) => child.once('close', resolve)),
  ]);
  return { exitCode, stdout, stderr };
}

describe('run', () => {
  let startPort: number;
  const block = () => ({ protocol: 'tcp', startPort, numberOfPorts: 10 }) as const;

  beforeEach(async () => {
    if (!canSteer) return;
    startPort = await freeBlock(10);
    await onMachine('addForeignReservation', block());
  });
  afterEach(async () => {
    if (canSteer) await onMachine('deleteForeignReservation', block());
  });

  steeredIt('says why a port is refused to a program that prints only the code of the error', async () => {
    const { exitCode, stdout, stderr } = await run(['--', process.execPath, program, 'code', 'tcp', String(startPort)]);
    expect(stdout).toContain('"code":"EACCES"');
    expect(stderr).toMatch(/^win-port-reservation: listen EACCES: permission denied .*:\d+\r?\n/);
    expect(stderr).toContain(`${startPort}-${startPort + 9}`);
    expect(exitCode).toBe(3);
  });

  steeredIt('leaves it to the message of the error where that is wanted', async () => {
    const args = ['uncaught', 'tcp', String(startPort)];
    const { exitCode, stderr } = await run(['--explain', 'message', process.execPath, program, ...args]);
    expect(stderr).not.toContain('win-port-reservation: ');
    expect(stderr).toMatch(new RegExp(`listen EACCES.*\\r?\\n.*${startPort}-${startPort + 9}`));
    expect(exitCode).toBe(1);
  });
});

describe('run, with a command that is a script of the shell in a folder with spaces,', () => {
  let folder: string;
  let tool: string;

  beforeAll(() => {
    // Wine's cmd finds no command with a space that has a ^ in front, as cross-spawn and the cmd of Windows have it.
    folder = mkdtempSync(path.join(tmpdir(), isWine ? 'win-port-reservation-' : 'win-port-reservation with spaces-'));
    const script = path.join(folder, 'tool.mjs');
    const [name, text] =
      process.platform === 'win32'
        ? ['tool.cmd', `@ECHO off\r\n"${process.execPath}" "%~dp0\\tool.mjs" %*\r\n`]
        : ['tool', `#!/bin/sh\nexec "${process.execPath}" "$(dirname "$0")/tool.mjs" "$@"\n`];
    tool = path.join(folder, name);
    writeFileSync(tool, text, { mode: 0o700 });
    const work = "process.stdin.on('data', (chunk) => process.stderr.write(chunk)); process.exitCode = 5;";
    writeFileSync(script, `console.log(JSON.stringify(process.argv.slice(2))); ${work}`);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('passes arguments, streams and the exit code through', async () => {
    const args = ['a b', '--port', '3000', '--json', 'C:\\a b\\', "it's"];
    const { exitCode, stdout, stderr } = await run(['--', tool, ...args], 'input');
    expect({ exitCode, stderr }).toEqual({ exitCode: 5, stderr: 'input' });
    expect(JSON.parse(stdout)).toEqual(args);
  });
});
