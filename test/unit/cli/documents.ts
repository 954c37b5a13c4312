// SPDX-License-Identifier: MIT
import { expect } from 'vitest';
import { readDocument } from '../../shared/cli-output-schema.js';
import { runCommand } from './terminal.js';

/** What a command line says on the standard error where there is no Windows. */
export const note =
  process.platform === 'win32' ? '' : 'note: this is not Windows; the answers come from a simulated Windows\n';

/** The document of a command that must go well. */
export async function documentOf(line: string): Promise<Record<string, unknown>> {
  const { exitCode, stdout, stderr } = await runCommand(`${line} --json`);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: note });
  return readDocument(stdout);
}

/** The `error` of a command that must not go well. */
export async function errorOf(line: string): Promise<Record<string, unknown>> {
  const { exitCode, stdout } = await runCommand(`${line} --json`);
  const { error } = readDocument(stdout) as { error: Record<string, unknown> };
  expect(error['exitCode']).toBe(exitCode);
  return error;
}
