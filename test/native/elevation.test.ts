// SPDX-License-Identifier: MIT
// Programs that are started elevated. Wine starts them without asking the user.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addon } from './addon.js';

const child = fileURLToPath(new URL('children/run-elevated.mjs', import.meta.url));

describe('a program that is started elevated', () => {
  let directory: string;

  /** Makes the call in a process without standard streams: Wine's desktop, which comes with the shell, keeps them open. */
  async function runElevated(file: string, parameters: string): Promise<unknown> {
    const answer = path.join(directory, 'answer');
    const calling = spawn(process.execPath, [child, answer, file, parameters, directory], { stdio: 'ignore' });
    expect(await once(calling, 'exit')).toEqual([0, null]);
    return JSON.parse(readFileSync(answer, 'utf8')) as unknown;
  }

  beforeEach(() => {
    directory = realpathSync(mkdtempSync(path.join(tmpdir(), 'wpr elevated ')));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  it('gets its parameters and its folder, and its id is told', async () => {
    const script = path.join(directory, 'script.mjs');
    const done = path.join(directory, 'done');
    writeFileSync(
      script,
      `import { renameSync, writeFileSync } from 'node:fs';
       writeFileSync('written', JSON.stringify([process.pid, process.cwd(), ...process.argv.slice(2)]));
       renameSync('written', 'done');`,
    );
    const processId = await runElevated(process.execPath, `"${script}" "a b" c\\"d 端口`);
    await expect.poll(() => existsSync(done)).toBe(true);
    expect(JSON.parse(readFileSync(done, 'utf8'))).toEqual([processId, directory, 'a b', 'c"d', '端口']);
    await expect
      .poll(() => addon.describeProcesses([processId as number]))
      .toMatchObject([{ processId, createdAt: 0n, executable: '' }]);
  });

  it('is a failure of ShellExecuteExW where there is none', async () => {
    const missing = path.join(directory, 'missing.exe');
    expect(await runElevated(missing, '')).toEqual({ call: 'ShellExecuteExW', errorNumber: 2 });
  });

  it.each([
    [[1, '', ''], /^file must be a string/],
    [['a\0', '', ''], /^file must be a string without NUL/],
    [['a.exe', undefined, ''], /^parameters must be a string/],
    [['a.exe', '', null], /^folder must be a string/],
  ])('is named by strings without NUL: %j', (args, message) => {
    expect(() => addon.runElevated(...(args as [string, string, string]))).toThrow(message);
  });
});
