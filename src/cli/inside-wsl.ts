// SPDX-License-Identifier: MIT
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { mainFile } from './main-file.js';
import { isMissing, runProgram } from './run-program.js';
import { createNetsh, type Netsh } from '../windows/netsh.js';

// WSL starts a program of Windows by its name, if its file ends in .exe. The ports that users ask about are those of
// Windows, and Linux can tell nothing about them.

/**
 * Runs the same command line in the Node.js of Windows, on the same files and the same terminal.
 *
 * @returns The exit code; undefined where this WSL finds no Node.js of Windows.
 */
export async function runInWindows(args: readonly string[]): Promise<number | undefined> {
  const main = await convertPath('-w', mainFile());
  if (main === undefined) return undefined;
  try {
    return await runProgram('node.exe', [main, ...args]);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Finds the netsh of Windows; undefined where this WSL cannot start programs of Windows. */
export async function findNetsh(): Promise<Netsh | undefined> {
  const windows = await convertPath('-u', String.raw`C:\Windows`);
  return windows === undefined ? undefined : createNetsh({ environment: { SystemRoot: windows } });
}

/** Converts a path between Linux and Windows; undefined where there is no wslpath, which every WSL has. */
async function convertPath(form: '-w' | '-u', file: string): Promise<string | undefined> {
  try {
    return (await promisify(execFile)('wslpath', [form, file])).stdout.trim();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
