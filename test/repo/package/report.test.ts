// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { run } from '../../package/child-process.mjs';
import { hangLimitSeconds } from '../../package/limits.mjs';
import { Problems, Report, Skipped } from '../../package/report.mjs';

async function report(check: () => string, mayNotSkip = false) {
  const lines: string[] = [];
  const table = new Report({ print: (line) => void lines.push(line), mayNotSkip });
  await table.check('the check', check);
  table.end();
  return { lines: lines.slice(1).map((line) => line.replace(/ +/g, ' ')), isGood: table.isGood };
}

describe('the table of checks', () => {
  it('has a row with the figure of a successful check', async () => {
    expect(await report(() => '3 files')).toEqual({
      lines: ['the check ok 3 files', '1 ok, 0 failed, 0 skipped'],
      isGood: true,
    });
  });

  it('has the problems under the row of a failed check', async () => {
    const check = () => {
      throw new Problems(['one', 'two']);
    };
    expect(await report(check)).toEqual({
      lines: ['the check FAILED 2 problems', ' one', ' two', '0 ok, 1 failed, 0 skipped'],
      isGood: false,
    });
  });

  it('shows the beginning of a long problem', async () => {
    const text = Array.from({ length: 40 }, (_, index) => `line ${index}`).join('\n');
    const { lines } = await report(() => {
      throw new Problems([text]);
    });
    const shown = lines[1]?.split('\n') ?? [];
    expect([shown.length, shown[0], shown.at(-1)]).toEqual([13, ' line 0', ' ...']);
  });

  it('counts an unexpected error as a failure', async () => {
    const { lines, isGood } = await report(() => {
      throw new Error('no such file');
    });
    expect({ lines, isGood }).toMatchObject({
      lines: ['the check FAILED', ' no such file', expect.any(String)],
      isGood: false,
    });
  });

  it('gives the reason of a check that cannot run here, which is a failure in CI', async () => {
    const check = () => {
      throw new Skipped('missing: wine');
    };
    expect(await report(check)).toEqual({
      lines: ['the check skipped missing: wine', '0 ok, 0 failed, 1 skipped'],
      isGood: true,
    });
    expect(await report(check, true)).toEqual({
      lines: ['the check FAILED', ' With CI=true it must not be skipped: missing: wine', '0 ok, 1 failed, 0 skipped'],
      isGood: false,
    });
  });
});

describe('a process of a check', () => {
  const options = { cwd: import.meta.dirname, seconds: hangLimitSeconds };

  it('is killed after its time, with the processes that it started', async () => {
    const script =
      "require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => 0, 1e5)'], { stdio: 'inherit' })";
    const result = await run([process.execPath, '-e', script], { ...options, seconds: 0.5 });
    // The output ends only once the last process that holds it has ended.
    expect(result).toMatchObject({ exitCode: null, timedOut: true });
  });

  it("does not get this process's environment", async () => {
    expect(process.env).toHaveProperty('VITEST');
    const script = 'console.log(Object.keys(process.env).join().toUpperCase())';
    const names = (await run([process.execPath, '-e', script], options)).stdout.split(',');
    expect(names).toContain('PATH');
    expect(names.filter((name) => /^(NPM_PACKAGE|NPM_LIFECYCLE|VITEST|WIN_PORT)/.test(name))).toEqual([]);
  });

  it('that does not exist is an error', async () => {
    await expect(run(['no-such-program-anywhere'], options)).rejects.toThrow('ENOENT');
  });
});
