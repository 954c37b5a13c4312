// SPDX-License-Identifier: MIT
// Processes that the addon lists, describes and ends, with children that are real processes of Wine.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, afterAll, describe, expect, it } from 'vitest';
import { dateOfFiletime } from '../../src/calls/processes.js';
import type { NativeMachine, ProcessDetails, ProcessRow } from '../../src/windows/native-machine.js';
import { onMachine } from '../contract/ring.js';
import { addon } from './addon.js';

const noSuchProcess = { call: 'OpenProcess', errorNumber: 87 };
const query = 'NtQueryInformationProcess';
const noDetails = { createdAt: 0n, executable: '', commandLine: '', workingDirectory: '', userName: '' };

const { USERNAME: user = '' } = process.env;
let directory: string;
const children: ChildProcess[] = [];

beforeAll(() => {
  directory = realpathSync(mkdtempSync(path.join(tmpdir(), 'wpr-')));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** Starts a Node that prints something once it runs, and runs until its standard input ends. */
async function start(args: readonly string[] = [], cwd = directory): Promise<ChildProcess & { readonly pid: number }> {
  const script = 'process.stdout.write("runs"); process.stdin.resume()';
  const child = spawn(process.execPath, ['-e', script, '--', ...args], { cwd, stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  await once(child.stdout, 'data');
  return child as ChildProcess & { readonly pid: number };
}

async function describeOne(processId: number): Promise<ProcessDetails> {
  const [details, ...others] = await addon.describeProcesses([processId]);
  if (details === undefined || others.length > 0) throw new Error('expected one process');
  return details;
}

/** The arguments of a command line, as Windows' own programs take it apart: those that follow `--`. */
const argumentsIn = (commandLine: string) => commandLine.slice(commandLine.indexOf(' -- ') + ' -- '.length);

describe('a list of processes', () => {
  const list = async () => (await addon.listProcesses()) as readonly ProcessRow[];

  it('has each with its parent and its program', async () => {
    const child = await start();
    const rows = await list();
    expect(rows.filter(({ processId }) => processId === child.pid)).toEqual([
      { processId: child.pid, parentProcessId: process.pid, imageName: 'node.exe' },
    ]);
    expect(rows.find(({ processId }) => processId === process.pid)?.parentProcessId).toBe(process.ppid);
  });

  it('is a failure where Windows makes none', async () => {
    await onMachine('failNext', 'CreateToolhelp32Snapshot', 5);
    expect(await addon.listProcesses()).toEqual({ call: 'CreateToolhelp32Snapshot', errorNumber: 5 });
  });
});

describe('a process is described', () => {
  it('with its program, its start, its folder and its user', async () => {
    const before = Date.now();
    const child = await start();
    const after = Date.now();
    const { createdAt, userName, ...details } = await describeOne(child.pid);
    expect(details).toMatchObject({
      processId: child.pid,
      executable: process.execPath,
      workingDirectory: `${directory}\\`,
    });
    expect(userName).toMatch(/^[^\\]+\\[^\\]+$/);
    expect(userName.toLowerCase().endsWith(`\\${user.toLowerCase()}`)).toBe(true);
    // Wine counts in jiffies of 10 ms from the start of the system, and rounds.
    const startedAt = dateOfFiletime(createdAt).getTime();
    expect(startedAt).toBeGreaterThanOrEqual(before - 1000);
    expect(startedAt).toBeLessThanOrEqual(after + 1000);
    expect((await describeOne(child.pid)).createdAt).toBe(createdAt);
  });

  it.each([
    ['words with spaces and quotes', ['a b', 'c"d', ''], String.raw`"a b" "c\"d" ""`],
    ['letters of every kind', ['Ünïcödé', '端口', '🚢'], 'Ünïcödé 端口 🚢'],
    ['half a character', ['\ud83d'], '\ufffd'],
    ['30000 letters', ['x'.repeat(30_000)], 'x'.repeat(30_000)],
  ])('with a command line of %s, whichever way Windows tells it', async (_, args, expected) => {
    const child = await start(args);
    expect(argumentsIn((await describeOne(child.pid)).commandLine)).toBe(expected);
    // As on a Windows that does not know ProcessCommandLineInformation.
    await onMachine('failNext', query, 87);
    expect(argumentsIn((await describeOne(child.pid)).commandLine)).toBe(expected);
    expect((await onMachine('save')).failures[query] ?? []).toEqual([]);
  });

  it('with its folder, whatever letters that has', async () => {
    const folder = path.join(directory, 'Ö 端口');
    mkdirSync(folder);
    const child = await start([], folder);
    expect((await describeOne(child.pid)).workingDirectory).toBe(`${folder}\\`);
    child.stdin?.end();
    await once(child, 'exit');
  });

  it('as one of many, in the order of the ids, and once for each', async () => {
    const child = await start();
    const ids = [child.pid, process.pid, child.pid];
    const details = await addon.describeProcesses(ids);
    expect(details.map(({ processId }) => processId)).toEqual(ids);
    expect(details[2]).toEqual(details[0]);
    expect(await addon.describeProcesses([])).toEqual([]);
  });

  it('with nothing when it has ended', async () => {
    const child = await start();
    expect(await describeOne(child.pid)).not.toMatchObject(noDetails);
    child.kill('SIGKILL');
    await expect.poll(() => describeOne(child.pid)).toEqual({ processId: child.pid, ...noDetails });
  });

  it('with nothing where no process has exactly that id: Windows ignores its two lowest bits', async () => {
    for (const processId of [0, process.pid + 1, process.pid + 3, 0xffff_ffff]) {
      expect(await describeOne(processId)).toEqual({ processId, ...noDetails });
    }
  });

  it('where no command line can be had, with the rest', async () => {
    // Once for the command line, and once each for it and the folder in the memory of the process.
    await onMachine('failNext', 'GetProcAddress', 127, 3);
    const details = await describeOne(process.pid);
    expect(details).toMatchObject({ executable: process.execPath, commandLine: '', workingDirectory: '' });
    expect(await describeOne(process.pid)).not.toMatchObject({ commandLine: '' });
  });
});

describe('a process is ended', () => {
  it('if it was created then', async () => {
    const child = await start();
    const exit = once(child, 'exit');
    const { createdAt } = await describeOne(child.pid);
    expect(await addon.terminateProcess(child.pid, createdAt)).toBeUndefined();
    expect(await exit).toEqual([1, null]);
    expect(await addon.terminateProcess(child.pid, createdAt)).toEqual(noSuchProcess);
  });

  it('only if it was created then: it may be another one with the same id', async () => {
    const child = await start();
    const { createdAt } = await describeOne(child.pid);
    for (const other of [0n, createdAt - 1n, createdAt + 1n, 2n ** 64n - 1n]) {
      expect(await addon.terminateProcess(child.pid, other)).toEqual(noSuchProcess);
    }
    expect(await addon.terminateProcess(child.pid + 1, createdAt)).toEqual(noSuchProcess);
    expect(child.exitCode).toBeNull();
    child.stdin?.end();
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});

describe('wrong arguments throw before Windows is asked', () => {
  it.each<[call: keyof NativeMachine, args: unknown[], message: RegExp]>([
    ['describeProcesses', [1], /^processIds must be an array/],
    ['describeProcesses', [{ length: 1, 0: 4 }], /^processIds must be an array/],
    ['describeProcesses', [[4, -1]], /^processIds must be an unsigned 32-bit integer/],
    ['describeProcesses', [Array(2)], /^processIds must be an unsigned 32-bit integer/],
    ['terminateProcess', [1.5, 0n], /^processId must be an unsigned 32-bit integer/],
    ['terminateProcess', [4, 0], /^createdAt must be a bigint/],
    ['terminateProcess', [4, -1n], /^createdAt must be a bigint/],
  ])('%s, case %#', (call, args, message) => {
    expect(() => (addon[call] as (...given: unknown[]) => unknown)(...args)).toThrow(message);
  });

  it('of an array that changes while it is read', async () => {
    const shrinking: number[] = [process.pid, process.pid, process.pid];
    Object.defineProperty(shrinking, 0, {
      get() {
        shrinking.length = 1;
        return process.pid;
      },
    });
    expect(await addon.describeProcesses(shrinking)).toHaveLength(1);
    const throwing = Object.defineProperty([1], 0, {
      get() {
        throw new Error('of the caller');
      },
    });
    expect(() => addon.describeProcesses(throwing)).toThrow('of the caller');
  });
});
