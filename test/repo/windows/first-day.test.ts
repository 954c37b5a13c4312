// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { type AssumptionName, SimulatedWindows } from 'win-port-reservation/simulator';
import { hangLimitMs } from '../../shared/time-limits.mjs';
import { measuredAssumptions, type Part, toPage } from '../../windows/first-day/report.mjs';
import type { Result } from '../../windows/probes/run-probes.mjs';
import { temporaryFolder } from '../../shared/temporary-folder.js';

const repository = fileURLToPath(new URL('../../../', import.meta.url));

let directory: string;
beforeEach(() => {
  directory = temporaryFolder('first-day');
});

const answer = (assumption: AssumptionName, modelValue: number, windowsValue: Result['windowsValue']): Result => {
  const agrees = windowsValue === null ? null : windowsValue === modelValue;
  return { assumption, modelValue, windowsValue, agrees, notes: windowsValue === null ? ['no answer: not asked'] : [] };
};

function partOf(elevated: boolean, results: readonly Result[], ...more: Part['steps']): Part {
  return { elevated, steps: [{ name: 'probes', seconds: 1, exitCode: 0, results }, ...more], changes: [] };
}

describe('the report of a first day', () => {
  it('names what the model must change, with the answers of the elevated part first', () => {
    const parts = [
      partOf(false, [answer('associateTwice', 10022, 10022), answer('associateAfterBind', 10022, 10022)]),
      partOf(true, [answer('associateTwice', 10022, 0), answer('associateAfterBind', 10022, null)]),
    ];
    expect(measuredAssumptions(parts)).toEqual({ associateTwice: 0, associateAfterBind: 10022 });
    const [, change = '', holds = ''] = toPage({ system: {}, parts }).split(/^## /m);
    expect(change).toMatch(/^What the model must change\n[^]*\| associateTwice \| .* \| 10022 \| 0 \|/);
    expect(holds).toMatch(/^What holds\n[^]*\| associateAfterBind \| .* \| 10022 \| 10022 \|/);
  });

  it('gives no value to an assumption whose answer differs from case to case', () => {
    const parts = [partOf(true, [answer('associateTwice', 10022, { tcp: 0, udp: 10022 })])];
    expect(measuredAssumptions(parts)).toEqual({});
    expect(toPage({ system: {}, parts })).toContain('| 10022 | {"tcp":0,"udp":10022} |');
  });

  it('shows failed tests, steps without results, and what is left behind', () => {
    const suite = {
      name: 'contract',
      seconds: 9,
      exitCode: 1,
      passed: 3,
      failedTests: 1,
      skipped: 2,
      failed: [{ file: 'test/contract/udp.test.ts', test: 'binds', message: 'expected 1 to be 2' }],
    };
    const broken = { name: 'listen', seconds: 1, exitCode: 1, failure: 'The step printed no results.\nits last words' };
    const part = { ...partOf(true, [], suite, broken), changes: ['new: tcp 5000-5007 (active)'] };
    const page = toPage({ system: {}, parts: [part] });
    expect(page).toContain('| contract | 9 | 1 | 3 tests passed, 1 failed, 2 skipped |');
    expect(page).toContain('test/contract/udp.test.ts: binds');
    expect(page).toContain('expected 1 to be 2');
    expect(page).toContain('| listen | 1 | 1 | no results: The step printed no results. |');
    expect(page).toContain('its last words');
    expect(page).toContain('- new: tcp 5000-5007 (active)');
  });
});

/** Runs the command on a simulated machine in a file. */
function run(...args: string[]) {
  const command = ['--import', 'win-port-reservation/simulate', 'test/windows/first-day.mjs', ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, {
    cwd: repository,
    encoding: 'utf8',
    env: { ...process.env, WIN_PORT_RESERVATION_MACHINE: path.join(directory, 'machine.json') },
    timeout: hangLimitMs,
  });
  return { status, stdout, stderr };
}

describe('the command', () => {
  it('runs elevated and not elevated, and its answers can be loaded into a simulated machine', () => {
    const assumptions = { bindInsideRuntimeReservation: 10048 };
    const machine = new SimulatedWindows({ assumptions }).save();
    writeFileSync(path.join(directory, 'machine.json'), JSON.stringify({ machine, processes: [] }));
    const { status, stdout, stderr } = run('--yes', '--folder', directory, '--only', 'probes,demo');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain(path.join(directory, 'report.md'));
    const report = JSON.parse(readFileSync(path.join(directory, 'report.json'), 'utf8')) as {
      parts: Part[];
      assumptions: object;
    };
    expect(report.parts.map(({ elevated, changes }) => ({ elevated, changes }))).toEqual([
      { elevated: false, changes: [] },
      { elevated: true, changes: [] },
    ]);
    expect(report.assumptions).toMatchObject({ associateTwice: 10022, ...assumptions });
    expect(() => new SimulatedWindows({ assumptions: report.assumptions })).not.toThrow();
    expect(readFileSync(path.join(directory, 'report.md'), 'utf8')).toMatch(
      /## What the model must change\n\n.*\n.*\n\| bindInsideRuntimeReservation \|.*\n\n## What holds/,
    );
  });

  it('does nothing without consent', () => {
    const folder = path.join(directory, 'report');
    const { status, stdout, stderr } = run('--folder', folder);
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: 'Nothing was done. --yes answers the question in a script.\n',
    });
    expect(stdout).toContain('contract runs the contract suite');
    expect(existsSync(folder)).toBe(false);
  });

  it('refuses a step that it does not know', () => {
    expect(run('--only', 'probes,prove')).toMatchObject({ status: 2, stdout: '' });
  });
});
