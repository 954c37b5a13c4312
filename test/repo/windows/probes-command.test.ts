// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Assumptions, SimulatedWindows } from 'win-port-reservation/simulator';
import { type Result, withoutProbe } from '../../windows/probes/run-probes.mjs';
import { hangLimitMs } from '../../shared/time-limits.mjs';
import { temporaryFolder } from '../../shared/temporary-folder.js';

const repository = fileURLToPath(new URL('../../../', import.meta.url));

let directory: string;
beforeEach(() => {
  directory = temporaryFolder('probes');
});

/** Runs the command, and the processes that it starts, on a simulated machine in a file. */
function run(assumptions: Partial<Assumptions>, ...args: string[]) {
  const file = path.join(directory, 'machine.json');
  const machine = new SimulatedWindows({ assumptions });
  machine.addForeignReservation({ protocol: 'tcp', startPort: 5000, numberOfPorts: 20 });
  writeFileSync(file, JSON.stringify({ machine: machine.save(), processes: [] }));
  const command = ['--import', 'win-port-reservation/simulate', 'test/windows/probes.mjs', ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, {
    cwd: repository,
    encoding: 'utf8',
    env: { ...process.env, WIN_PORT_RESERVATION_MACHINE: file },
    timeout: hangLimitMs,
  });
  return { status, stdout, stderr };
}

describe('the command that runs the probes', () => {
  it('writes the answers to a file, and names the one that differs', () => {
    const json = path.join(directory, 'answers.json');
    const { status, stdout, stderr } = run({ bindInsideRuntimeReservation: 10048 }, '--json', json);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const { system, results } = JSON.parse(readFileSync(json, 'utf8')) as { system: object; results: Result[] };
    expect(system).toMatchObject({ platform: process.platform, node: process.version, elevated: true });
    expect(results.filter(({ agrees }) => agrees !== true)).toEqual([
      ...results.filter(({ assumption }) => withoutProbe[assumption] !== undefined),
      {
        assumption: 'bindInsideRuntimeReservation',
        modelValue: 10013,
        windowsValue: 10048,
        agrees: false,
        notes: [],
      },
    ]);
    expect(stdout).toMatch(/^bindInsideRuntimeReservation +DIFFERS +10013 +10048$/m);
    expect(stdout).toMatch(/^\d+ agree, 1 differ, 3 have no answer, 0 failed$/m);
  });

  it('fails for a difference with --strict', () => {
    const [same, different] = ['associateAfterBind', 'associateTwice'] as const;
    expect(run({ [different]: 0 }, '--strict', same).status).toBe(0);
    expect(run({ [different]: 0 }, '--strict', same, different).status).toBe(1);
    expect(run({ [different]: 0 }, different).status).toBe(0);
  });

  it('fails for an unknown name', () => {
    const { status, stderr } = run({}, 'associateThrice');
    expect(status).toBe(1);
    expect(stderr).toContain('there is no assumption named associateThrice');
  });
});
