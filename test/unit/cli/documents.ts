// SPDX-License-Identifier: MIT
import { expect } from 'vitest';
import { readDocument } from '../../shared/cli-output-schema.js';
import { runCommand } from './terminal.js';

/** The line that the command line prints to standard error on other systems than Windows. */
export const note =
  process.platform === 'win32' ? '' : 'note: this is not Windows; the answers come from a simulated Windows\n';

/** Returns the document of a command that must succeed. */
export async function documentOf(line: string): Promise<Record<string, unknown>> {
  const { exitCode, stdout, stderr } = await runCommand(`${line} --json`);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: note });
  return readDocument(stdout);
}

/** Returns the `error` of a command that must fail. */
export async function errorOf(line: string): Promise<Record<string, unknown>> {
  const { exitCode, stdout } = await runCommand(`${line} --json`);
  const { error } = readDocument(stdout) as { error: Record<string, unknown> };
  expect(error['exitCode']).toBe(exitCode);
  return error;
}
