// SPDX-License-Identifier: MIT
// Programs on a simulated machine that lives in a file, by the preload that users have.
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { spawnNode } from './ring.js';

const simulate = pathToFileURL(path.resolve('dist/simulator/simulate.js')).href;

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'win-port-reservation-machine-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** Runs a program on a simulated machine, whatever machine this process is on. */
async function run(program: string, env: NodeJS.ProcessEnv): Promise<{ exitCode: number | null; stderr: string }> {
  const child = spawnNode([`--import=${simulate}`, '-e', program], env);
  child.stdin.end();
  child.stdout.resume();
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, stderr };
}

describe('a machine in a file that nobody named', () => {
  it('lives in a folder of the user', async () => {
    const places = { XDG_STATE_HOME: directory, LOCALAPPDATA: directory };
    const env = { WIN_PORT_RESERVATION_MACHINE: '', HOME: directory, ...places };
    expect(await run('', env)).toEqual({ exitCode: 0, stderr: '' });
    expect(readdirSync(directory)).toEqual(['win-port-reservation']);
    expect(readdirSync(path.join(directory, 'win-port-reservation'))).toContain('machine.json');
  });
});
