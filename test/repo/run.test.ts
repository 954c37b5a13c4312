// SPDX-License-Identifier: MIT
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { runLanes } from '../shared/lanes.mjs';
import { temporaryFolder } from '../shared/temporary-folder.js';
import { readText, repository } from './commands.js';

let cwd: string;
let printed: string[];

beforeEach(() => {
  cwd = temporaryFolder('lanes');
  printed = [];
});

const script = (code: string): string[] => [process.execPath, '-e', code];
const run = (lanes: Record<string, string[]>[]): Promise<boolean> =>
  runLanes(lanes, { cwd, print: (line) => printed.push(line) });

describe('checks in lanes', () => {
  it('run at once in two lanes, and one after the other in one', async () => {
    const meet = (own: string, other: string): string[] =>
      script(`const fs = require('fs'); fs.writeFileSync('${own}', '');
        (function wait() { if (!fs.existsSync('${other}')) setTimeout(wait, 5); })()`);
    const last = script("console.log(require('fs').existsSync('first') ? 'after it' : 'before it')");
    expect(await run([{ first: meet('first', 'second'), last }, { second: meet('second', 'first') }])).toBe(true);
    expect(printed).toContain('\n----- last -----\nafter it\n');
  });

  it.skipIf(process.platform === 'win32')('leave the processor to the first lane', async () => {
    const priority = script("console.log(require('os').getPriority())");
    expect(await run([{}, { first: priority }, { second: priority, third: priority }])).toBe(true);
    const [first, second, third] = ['first', 'second', 'third'].map((name) => {
      const output = printed.find((text) => text.startsWith(`\n----- ${name} -----`));
      return Number(/^-?\d+$/m.exec(output ?? '')?.[0] ?? NaN);
    });
    expect(first).toBe(getPriority());
    expect(second).toBe(Math.min(getPriority() + 3, 19));
    expect(third).toBe(second);
  });

  it('say at the end that one could not run', async () => {
    expect(await run([{ check: script("console.log('NOT RUN: no such thing\\nwhy')") }])).toBe(true);
    expect(printed.at(-1)).toMatch(/^ +\d+ s {2}check: NOT RUN: no such thing$/);
  });

  it('go on after a failure, and end with the durations and the failures', async () => {
    const wrong = script("console.log('why'); process.exitCode = 3");
    expect(await run([{ wrong, well: script("console.log('fine')") }])).toBe(false);
    expect(printed).toContain('\n----- well -----\nfine\n');
    expect(printed.slice(-4)).toEqual([
      expect.stringMatching(/^ +\d+ s {2}wrong: ended with 3$/),
      expect.stringMatching(/^ +\d+ s {2}well$/),
      '\nFAILED: wrong ended with 3',
      '  why',
    ]);
  });
});

describe.skipIf(process.platform === 'win32')('checks in lanes that are told to end', () => {
  it('end the processes that run, and print what those have printed, also in lanes of their own', async () => {
    const lanes = pathToFileURL(path.join(repository, 'test/shared/lanes.mjs')).href;
    const checks = (command: string): string =>
      `import { runLanes } from '${lanes}'; await runLanes([{ check: ${command} }], { cwd: '.' });`;
    writeFileSync(
      path.join(cwd, 'waits.mjs'),
      `import fs from 'node:fs';
      console.log('waits for', process.pid);
      fs.writeFileSync('started', '');
      setInterval(() => undefined, 1000);`,
    );
    writeFileSync(path.join(cwd, 'inner.mjs'), checks(`[process.execPath, 'waits.mjs']`));
    writeFileSync(path.join(cwd, 'outer.mjs'), checks(`[process.execPath, 'inner.mjs']`));
    const outer = spawn(process.execPath, ['outer.mjs'], { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
    const printed = text(outer.stdout);
    await expect.poll(() => existsSync(path.join(cwd, 'started'))).toBe(true);
    outer.kill();
    const [, pid] = /waits for (\d+)/.exec(await printed) ?? [];
    expect(Number(pid)).toBeGreaterThan(0);
    expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH');
  });
});

describe('the checks of the repository', () => {
  it('are told to who asks for another one', () => {
    const { stderr, status } = spawnSync(process.execPath, ['test/run.mjs', 'lints'], {
      cwd: repository,
      encoding: 'utf8',
    });
    expect(stderr).toContain(
      'no check is called lints: there are setup, wine, package, wine-10, arm64, frameworks, docker, contract, versions, runtimes, lint, browser, unit, recipes, wine-ia32',
    );
    expect(status).toBe(1);
  });

  it('run at night on GitHub where they are not among all', () => {
    const [, listed = ''] = /^const onDemand = (\{.*?\});$/ms.exec(readText('test/run.mjs')) ?? [];
    const names = [...listed.matchAll(/'?([\w-]+)'?: (?:node|vitest)\(/g)].map(([, name]) => name);
    expect(names).toEqual(['wine-10', 'arm64', 'frameworks', 'docker']);
    const nightly = readText('.github/workflows/nightly.yml');
    const run = [...nightly.matchAll(/^ +- run: npm test -- (.+)$/gm)].flatMap(([, words = '']) => words.split(' '));
    // Among all it is left out where the machine cannot have 32-bit Wine.
    expect(run.sort()).toEqual([...names, 'wine-ia32'].sort());
  });

  it('all run on GitHub, lint in a job that waits for no other', () => {
    const [, jobs = ''] = readText('.github/workflows/ci.yml').split('\njobs:\n');
    const [lint = '', rest = ''] = jobs.split(/^ {2}(?=\w+:$)/m).filter((job) => job.includes('bash .ci/run'));
    expect(lint).toMatch(/^ {6}- run: bash \.ci\/run lint$/m);
    expect(rest).toMatch(/^ {6}- run: bash \.ci\/run all-but-lint$/m);
    expect(lint + rest).not.toMatch(/^ {4}(needs|if):/m);
  });
});
