// SPDX-License-Identifier: MIT
import { spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type * as MachineFileModule from '../../../src/simulator/file/machine-file.js';
import { readDocument } from '../../shared/cli-output-schema.js';
import { hangLimitMs } from '../../shared/time-limits.mjs';

// Runs the built program in child processes, on a machine of its own.

const main = path.resolve('dist/cli/main.js');
const simulate = pathToFileURL(path.resolve('dist/simulator/simulate.js')).href;
const note = 'note: this is not Windows; the answers come from a simulated Windows\n';

/** A line of the machine's file: the whole machine, or the changes of a transaction. */
interface LogLine {
  readonly machine?: { readonly processes: readonly { readonly id: number }[] };
  readonly changes?: {
    readonly records: { readonly processes: readonly { readonly id: number }[] };
    readonly ended: { readonly processes: readonly number[] };
  };
}

let directory: string;
let environment: NodeJS.ProcessEnv;

beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'win-port-reservation-cli-'));
  const machine = path.join(directory, 'machine.json');
  const unset = {
    NODE_OPTIONS: undefined,
    FORCE_COLOR: undefined,
    NO_COLOR: undefined,
    NODE_DISABLE_COLORS: undefined,
  };
  const simulated = { WIN_PORT_RESERVATION_MACHINE: machine, WIN_PORT_RESERVATION_SIMULATE: '1' };
  environment = { ...process.env, ...unset, ...simulated };
});

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

function runMain(line: string, env: NodeJS.ProcessEnv = {}, nodeOptions: string[] = []): SpawnSyncReturns<string> {
  const args = [...nodeOptions, main, ...line.split(' ')];
  return spawnSync(process.execPath, args, { encoding: 'utf8', timeout: hangLimitMs, env: { ...environment, ...env } });
}

describe.skipIf(process.platform === 'win32')('the program, off Windows,', () => {
  it('works on the simulated machine of the environment, and says so', () => {
    const { status, stdout, stderr } = runMain('create tcp 7000 20 --json');
    expect({ status, stderr }).toEqual({ status: 0, stderr: note });
    const { token } = readDocument(stdout);
    expect(readDocument(runMain('lookup tcp 7000 20 --json').stdout)).toMatchObject({ token });
    expect(runMain('delete tcp 7000 20').stdout).toBe('deleted tcp 7000-7019 (20 ports)\n');
    expect(runMain('lookup tcp 7000 20').status).toBe(4);
    expect(runMain('create tcp 7000 20', { WIN_PORT_RESERVATION_ELEVATED: '0' }).status).toBe(3);
  });

  it('simulates nothing unless it is asked to, and says how', () => {
    const unasked = { WIN_PORT_RESERVATION_SIMULATE: undefined };
    for (const command of ['explain tcp 3000', 'list', 'find', 'create tcp 7000 20']) {
      const { status, stdout, stderr } = runMain(command, unasked);
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
      expect(stderr).toMatch(/^error: This platform has no port reservations\. This is [^\n]*--simulate[^\n]*\n$/);
    }
    const json = readDocument(runMain('list --json', unasked).stdout);
    expect(json).toMatchObject({ command: 'list', error: { code: 'ERR_UNSUPPORTED_PLATFORM', exitCode: 1 } });
    for (const line of ['list --simulate --json', '--simulate list --json']) {
      const { status, stderr } = runMain(line, unasked);
      expect({ status, stderr }).toEqual({ status: 0, stderr: note });
    }
  });

  it('stays on the machine that it was started on', () => {
    const { status, stdout, stderr } = runMain('list --json', { WIN_PORT_RESERVATION_SIMULATE: undefined }, [
      `--import=${simulate}`,
    ]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: note });
    readDocument(stdout);
    // The only process on the machine has left it.
    const lines = readFileSync(path.join(directory, 'machine.json'), 'utf8').trimEnd().split('\n');
    const running = new Set<number>();
    for (const line of lines.slice(1)) {
      const { machine, changes } = JSON.parse(line) as LogLine;
      for (const { id } of machine?.processes ?? changes?.records.processes ?? []) running.add(id);
      for (const id of changes?.ended.processes ?? []) running.delete(id);
    }
    expect(lines.at(-1)).toContain('"processes":[]');
    expect(lines.length).toBeGreaterThan(2);
    expect([...running]).toEqual([]);
  });

  it.each(['--version', '-v'])('prints the version for %s, as the manifest has it', (flag) => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    const { status, stdout, stderr } = runMain(flag);
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
    expect(runMain(`list ${flag}`).status).toBe(2);
  });

  it('has color if asked for, and none in a pipe', () => {
    expect(runMain('create udp 7000').stdout).toBe('reserved udp 7000 (1 port), token ' + tokenOf('udp 7000') + '\n');
    const { stdout, stderr } = runMain('lookup udp 7000', { FORCE_COLOR: '1' });
    expect(stdout).toContain('\u001b[32mfound\u001b[39m udp 7000');
    expect(stderr).toContain('\u001b[33mnote:\u001b[39m');
    expect(runMain('map', { FORCE_COLOR: '1' }).stdout).toContain('\u001b[90m...');
    expect(runMain('map', { FORCE_COLOR: '0' }).stdout).not.toContain('\u001b');
    expect(runMain('map', { NO_COLOR: '1' }).stdout).not.toContain('\u001b');
    expect(runMain('map').stdout).not.toContain('\u001b');
  });

  it('is quiet when the reader closes the pipe early', async () => {
    const child = spawn(process.execPath, [main, 'map', '--json'], { env: environment });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: note });
  });

  it('is quiet when it is interrupted', async () => {
    const { MachineFile } = (await import(
      pathToFileURL(path.resolve('dist/simulator/file/machine-file.js')).href
    )) as typeof MachineFileModule;
    const file = environment['WIN_PORT_RESERVATION_MACHINE'] ?? '';
    new MachineFile(file, true).transact((_, machine) => {
      machine.delayNext('LookupPersistentTcpPortReservation', hangLimitMs);
    });
    const child = spawn(process.execPath, [main, 'lookup', 'tcp', '9'], { env: environment });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        // It has printed where it works, and waits.
        child.kill('SIGINT');
      });
    }
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    expect({ code, signal, output }).toEqual({ code: null, signal: 'SIGINT', output: note });
  });

  it('ends the watch with the last answer at Ctrl+C', async () => {
    const { startPort } = readDocument(runMain('find --json').stdout);
    const child = spawn(process.execPath, [main, 'explain', String(startPort), '--watch'], { env: environment });
    let [stdout, stderr] = ['', ''];
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      child.kill('SIGINT');
    });
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: note });
    expect(stdout).toMatch(/^yes: TCP port \d+ /);
  });
});

function tokenOf(block: string): string {
  const { stdout } = runMain(`lookup ${block} --json`);
  return String(readDocument(stdout)['token']);
}

describe('the package', () => {
  const { bin, exports, files } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    bin: Record<string, string>;
    exports: Record<string, unknown>;
    files: string[];
  };

  it('has the program under its own name', () => {
    expect(path.resolve(bin['win-port-reservation'] ?? '')).toBe(main);
    expect(readFileSync(main, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  it('ships the schema of what the program prints', () => {
    expect(exports['./cli-output.schema.json']).toBe('./docs/cli-output.schema.json');
    expect(files).toContain('docs');
  });
});
