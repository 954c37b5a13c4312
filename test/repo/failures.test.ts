// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { failuresIn, printFailures } from '../shared/failures.mjs';
import { repository } from './commands.js';

/** Runs tests in a vitest of their own, and gives what it prints: stderr, with the failures, after stdout. */
function outputOf(tests: string): string {
  mkdirSync(path.join(repository, 'build'), { recursive: true });
  const directory = mkdtempSync(path.join(repository, 'build', 'failures-'));
  onTestFinished(() => {
    rmSync(directory, { recursive: true });
  });
  writeFileSync(path.join(directory, 'some.test.mjs'), `import { expect, it } from 'vitest';\n${tests}`);
  writeFileSync(path.join(directory, 'vitest.config.mjs'), 'export default { test: {} };\n');
  const vitest = path.join(repository, 'node_modules/vitest/vitest.mjs');
  const { stdout, stderr } = spawnSync(process.execPath, [vitest, 'run', '--root', directory], {
    encoding: 'utf8',
    env: { ...process.env, FORCE_COLOR: '1' },
  });
  return stdout + stderr;
}

it('names each test that failed, with its error, and none that passed', () => {
  const failures = failuresIn(
    outputOf(`it('is well', () => undefined);
      it('is wrong', () => expect('this').toBe('that'));
      it('throws', () => { throw new RangeError('of this'); });`),
  ).join('\n');
  expect(failures).toMatch(/FAIL .* is wrong\nAssertionError: expected 'this' to be 'that'/);
  expect(failures).toMatch(/FAIL .* throws\nRangeError: of this/);
  expect(failures).not.toMatch(/FAIL .* is well|Test Files/);
  expect(failures).toBe(stripVTControlCharacters(failures));
});

it('names an error that belongs to no test', () => {
  const output = outputOf(`it('ends', () => { setImmediate(() => { throw new Error('too late'); }); });
    it('waits', () => new Promise((resolve) => setTimeout(resolve, 50)));`);
  expect(failuresIn(output).join('\n')).toMatch(/Unhandled [^]*Error: too late/);
});

it('cuts each of many failures short, and leaves none out', () => {
  const failures = failuresIn(outputOf(`it.each([...Array(40).keys()])('is %i', (n) => expect(n).toBe(-1));`));
  expect(failures.length).toBeLessThanOrEqual(100);
  for (let n = 0; n < 40; n += 1) {
    expect(failures.some((line) => line.includes(`FAIL  some.test.mjs > is ${n}`))).toBe(true);
    expect(failures.some((line) => line.includes(`expected ${n === 0 ? '+0' : n} to be -1`))).toBe(true);
  }
});

it('is the end of an output that has no failure of a test', () => {
  const output = Array.from({ length: 200 }, (_, index) => `line ${index}`).join('\n');
  expect(failuresIn(output).at(-1)).toBe('line 199');
  expect(failuresIn(output).length).toBeLessThan(100);
});

it('takes the checks of a table that failed, each with its reason', () => {
  const table = ['contents   ok  5 files', 'size       FAILED', '  9 KB; at most 5', 'lint       ok', '1 ok, 2 failed'];
  expect(failuresIn(table.join('\n'))).toEqual(['size       FAILED', '  9 KB; at most 5']);
});

it('is printed for every run that failed, under its name', () => {
  const printed: string[] = [];
  printFailures(
    [
      { name: 'Node 22', output: 'one' },
      { name: 'Node 24', output: 'two' },
    ],
    (line) => printed.push(line),
  );
  expect(printed).toEqual(['\nFAILED: Node 22', '  one', '\nFAILED: Node 24', '  two']);
});
