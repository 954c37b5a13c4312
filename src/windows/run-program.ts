// SPDX-License-Identifier: MIT
import type { ExecFileException } from 'node:child_process';
import path from 'node:path';
import { variable } from '../common/environment.js';

export interface RunProgramOptions {
  /** The folder to run in: the current one may have been deleted, and Node reports that as if the program were missing. */
  readonly folder: string;
  readonly timeLimitMs: number;
  readonly maximalOutput: number;
  /** Kills the program when it is aborted. */
  readonly signal?: AbortSignal | undefined;
}

/** The end of a program, with what it printed. */
export interface ProgramEnd {
  /** Undefined where the program did not end by itself. */
  readonly exitCode?: number;
  readonly stdout?: Buffer | undefined;
  readonly stderr?: Buffer | undefined;
  /** Absent where the program ended by itself. */
  readonly failure?: ProgramFailure;
}

export interface ProgramFailure {
  /** The reason for a missing exit code. */
  readonly reason: 'missing' | 'too much output' | 'time limit' | 'killed' | 'not started';
  /** The signal with which another program killed it. */
  readonly signal?: NodeJS.Signals | undefined;
  readonly error: Error;
}

/** Runs a program by its absolute path, without a shell, without a window and without input. It rejects only when aborted. */
export async function runProgram(
  file: string,
  args: readonly string[],
  { folder, timeLimitMs, maximalOutput, signal }: RunProgramOptions,
): Promise<ProgramEnd> {
  signal?.throwIfAborted();
  // Imported only here, because most programs never run another one.
  const { execFile } = await import('node:child_process');
  return new Promise((resolve, reject) => {
    const options = {
      cwd: folder,
      encoding: 'buffer',
      killSignal: 'SIGKILL',
      maxBuffer: maximalOutput,
      timeout: timeLimitMs,
      windowsHide: true,
      ...(signal && { signal }),
    } as const;
    const child = execFile(file, args, options, (error, stdout, stderr) => {
      if (signal?.aborted === true && error !== null) reject(signal.reason as Error);
      else resolve(error === null ? { exitCode: 0, stdout, stderr } : endOf(error, stdout, stderr));
    });
    // A program that asks a question must not wait for an answer.
    child.stdin?.on('error', () => undefined).end();
  });
}

function endOf(error: ExecFileException, stdout: Buffer, stderr: Buffer): ProgramEnd {
  const { code, killed, signal } = error;
  const printed = { stdout, stderr };
  if (code === 'ENOENT') return { failure: { reason: 'missing', error } };
  if (code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') {
    return { ...printed, failure: { reason: 'too much output', error } };
  }
  if (killed === true) return { ...printed, failure: { reason: 'time limit', error } };
  if (typeof code === 'number') return { ...printed, exitCode: code };
  if (signal) return { ...printed, failure: { reason: 'killed', signal, error } };
  return { failure: { reason: 'not started', error } };
}

/** Finds the folder of Windows, where the environment names it by an absolute path. */
export function windowsFolder(environment: NodeJS.ProcessEnv): string | undefined {
  const folder = variable(environment, 'SystemRoot');
  return folder !== undefined && path.isAbsolute(folder) ? folder : undefined;
}
