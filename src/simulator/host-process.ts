// SPDX-License-Identifier: MIT
import { readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import type { ProcessOptions } from './model/machine-processes.js';
import type { ProcessDescription } from './model/records.js';

/** Describes this process of the host as the machine is to show it. */
export function hostProcess(): Omit<ProcessOptions, 'elevated'> {
  const { pid, ppid, execPath, execArgv, argv } = process;
  return {
    processId: pid,
    imageName: path.basename(execPath),
    parentProcessId: ppid,
    startedAt: new Date(Math.floor(performance.timeOrigin)),
    executable: execPath,
    commandLine: [execPath, ...execArgv, ...argv.slice(1)].map(quoted).join(' '),
    workingDirectory: currentFolder(),
  };
}

/**
 * Describes a process of the host, as far as the host tells: Linux tells all in /proc, others only whether it runs.
 * Undefined where it has ended.
 */
export function hostParent(processId: number): ProcessDescription | undefined {
  if (!isAlive(processId)) return undefined;
  const folder = `/proc/${processId}`;
  const words =
    read(() => readFileSync(`${folder}/cmdline`, 'utf8'))
      ?.split('\0')
      .slice(0, -1) ?? [];
  const stat = read(() => readFileSync(`${folder}/stat`, 'utf8')) ?? '';
  const executable = read(() => readlinkSync(`${folder}/exe`)) ?? '';
  const [, name = ''] = /\((.*)\)/s.exec(stat) ?? [];
  const parent = Number(stat.split(') ').at(-1)?.split(' ')[1] ?? 0);
  return {
    processId,
    parentProcessId: Number.isInteger(parent) ? parent : 0,
    imageName: executable === '' ? name : path.basename(executable),
    createdAt: 0n,
    executable,
    commandLine: words.map(quoted).join(' '),
    workingDirectory: '',
    userName: '',
  };
}

/** Quotes a word as the programs of Windows read it. */
function quoted(word: string): string {
  if (word !== '' && !/[\s"]/.test(word)) return word;
  return `"${word.replace(/(\\*)("|$)/g, (_, backslashes: string, quote: string) => backslashes + backslashes + (quote && '\\"'))}"`;
}

function isAlive(pid: number): boolean {
  // 0 and below stand for groups of processes.
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function read(get: () => string): string | undefined {
  try {
    return get();
  } catch {
    return undefined;
  }
}

function currentFolder(): string {
  // The folder may have been deleted.
  return read(() => process.cwd()) ?? '';
}
