// SPDX-License-Identifier: MIT
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ProgressReporter } from '../../wine/progress-reporter.mjs';
import { runToTheEnd } from '../../wine/progress.mjs';

const [first, second, third] = ['test/contract/a.test.ts', 'test/contract/b.test.ts', 'test/contract/c.test.ts'];
const all = [first, second, third];

/** The fate of a file: it fails, or the server dies in it, or after it. */
type Fate = 'fails' | 'dies' | 'dies after' | 'has an unhandled error';

/** Runs files as vitest does in a Windows Node; the nth run meets the nth fates. */
async function runAll(fates: Partial<Record<string, Fate>>[], files = ['test/contract']) {
  const runs: string[][] = [];
  const said: string[] = [];
  const run = (names: string[], progressFile: string) => {
    const fate = fates[runs.length] ?? {};
    runs.push(names);
    return Promise.resolve(runOnce(names.includes('test/contract') ? all : names, fate, progressFile));
  };
  const result = await runToTheEnd(files, run, (message) => said.push(message));
  return { ...result, runs, said: said.join('\n') };
}

function runOnce(files: string[], fate: Partial<Record<string, Fate>>, progressFile: string) {
  const reporter = new ProgressReporter(progressFile);
  const errors: unknown[] = [];
  reporter.onInit({ state: { getUnhandledErrors: () => errors } });
  const modules = files.map((file) => ({ moduleId: path.resolve(file), ok: () => fate[file] !== 'fails' }));
  reporter.onTestRunStart(modules);
  for (const [index, file] of files.entries()) {
    const module = modules[index];
    if (module === undefined) throw new Error('each file has its module');
    reporter.onTestModuleStart(module);
    reporter.onTestCaseReady({ fullName: `a port of ${file}` });
    if (fate[file] === 'dies') {
      // The file as a process leaves it that is killed while it writes.
      appendFileSync(progressFile, '{"event":"te');
      return { exitCode: null, serverDied: true };
    }
    if (fate[file] === 'has an unhandled error') errors.push(new Error('nobody awaited it'));
    reporter.onTestModuleEnd(module);
    if (fate[file] === 'dies after') return { exitCode: null, serverDied: true };
  }
  return { exitCode: Object.values(fate).length > 0 ? 1 : 0, serverDied: false };
}

describe("a run of test files under Wine in which Wine's server dies", () => {
  it('goes on with the interrupted file and those that had not run, and says which', async () => {
    const { exitCode, serverDied, runs, said } = await runAll([{ [second]: 'dies' }]);
    expect({ exitCode, serverDied }).toEqual({ exitCode: 0, serverDied: false });
    expect(runs).toEqual([['test/contract'], [second, third]]);
    expect(said).toContain(`Wine's server died while ${second} ran, in the test "a port of ${second}".`);
    expect(said).toContain(`Running what is left: ${second}, ${third}`);
  });

  it('goes on between two files', async () => {
    const { exitCode, runs } = await runAll([{ [first]: 'dies after' }]);
    expect({ exitCode, runs }).toEqual({ exitCode: 0, runs: [['test/contract'], [second, third]] });
  });

  it('is over if the last file had ended', async () => {
    const { exitCode, serverDied, runs } = await runAll([{ [third]: 'dies after' }]);
    expect({ exitCode, serverDied, runs: runs.length }).toEqual({ exitCode: 0, serverDied: false, runs: 1 });
  });

  it.each([['fails'], ['has an unhandled error']] as const)('fails when a file %s before that', async (fate) => {
    expect((await runAll([{ [first]: fate, [second]: 'dies' }])).exitCode).toBe(1);
    expect((await runAll([{ [first]: fate, [third]: 'dies after' }])).exitCode).toBe(1);
  });

  it('fails when a file fails after that', async () => {
    expect((await runAll([{ [second]: 'dies' }, { [third]: 'fails' }])).exitCode).toBe(1);
  });

  it('runs each file again in which the server dies', async () => {
    const { exitCode, runs } = await runAll([{ [first]: 'dies' }, { [second]: 'dies' }, { [third]: 'dies' }]);
    expect({ exitCode, runs }).toEqual({ exitCode: 0, runs: [['test/contract'], all, [second, third], [third]] });
  });

  it('fails when the server dies in the same file twice', async () => {
    const { exitCode, runs, said } = await runAll([{ [second]: 'dies' }, { [second]: 'dies' }]);
    expect({ exitCode, runs: runs.length }).toEqual({ exitCode: 1, runs: 2 });
    expect(said).toContain(`That is the second time, so the run ends here. Not run to the end: ${second}, ${third}`);
  });

  it('starts again if it had not begun, and fails the second time', async () => {
    const runs: string[][] = [];
    const run = (files: string[]) => {
      runs.push(files);
      return Promise.resolve({ exitCode: null, serverDied: true });
    };
    const said: string[] = [];
    const { exitCode } = await runToTheEnd(['test/contract'], run, (message) => said.push(message));
    expect({ exitCode, runs }).toEqual({ exitCode: 1, runs: [['test/contract'], ['test/contract']] });
    expect(said[0]).toBe("Wine's server died before the first test file ran, or between two.");
  });
});
