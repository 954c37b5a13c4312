// SPDX-License-Identifier: MIT
// Runs programs on a simulated machine that lives in a file, with the preload that users use.
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../shared/temporary-folder.js';
import { spawnNode } from './ring.js';

const simulate = pathToFileURL(path.resolve('dist/simulator/simulate.js')).href;

let directory: string;

beforeEach(() => {
  directory = temporaryFolder('machine');
});

interface Outcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program on a simulated machine of its own, no matter which machine this process is on. */
async function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Outcome> {
  const child = spawnNode(['--expose-gc', `--import=${simulate}`, ...args], env);
  child.stdin.end();
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, stdout, stderr };
}

describe('a machine in the default file', () => {
  it('lives in a folder of the user', async () => {
    const places = { XDG_STATE_HOME: directory, LOCALAPPDATA: directory };
    const env = { WIN_PORT_RESERVATION_MACHINE: '', HOME: directory, ...places };
    expect(await run(['-e', ''], env)).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(readdirSync(directory)).toEqual(['win-port-reservation']);
    expect(readdirSync(path.join(directory, 'win-port-reservation'))).toContain('machine.json');
  });
});

describe('a machine whose file fails in the middle of a run, at', () => {
  const script = fileURLToPath(new URL('children/meet-faults.mjs', import.meta.url));
  const meet = (...args: string[]) =>
    run([script, ...args], { WIN_PORT_RESERVATION_MACHINE: path.join(directory, 'machine.json') });

  it.each(['open', 'read', 'parse', 'write', 'truncate', 'lock'])(
    '%s, gives its error to the waiting caller, and leaves nothing half done',
    async (fault) => {
      const { exitCode, stdout, stderr } = await meet(fault);
      expect({ exitCode, uncaught: /Uncaught|^\S*Error/m.exec(stderr) }).toEqual({ exitCode: 0, uncaught: null });
      // The machine refuses first, and then cannot be written.
      const refused = fault === 'write' || fault === 'truncate' ? 'EACCES' : 'EIO';
      const warning = 'WPR_MACHINE_FILE true';
      expect(JSON.parse(stdout)).toEqual({
        acquire: 'ERR_MACHINE_FILE',
        acquireWarned: [],
        listen: 'ERR_MACHINE_FILE',
        ordinarily: ['EIO', 'EIO'],
        refused,
        refusedWarned: [warning],
        bind: 'ERR_MACHINE_FILE',
        bindOfOwn: 'ERR_MACHINE_FILE',
        close: 'ECONNREFUSED',
        closeWarned: [warning],
        release: 'ERR_MACHINE_FILE',
        workerWarned: [warning],
        drop: 'warned',
      });
      expect(await meet(fault, 'exit')).toEqual({ exitCode: 7, stdout: '', stderr: '' });
      expect(readdirSync(directory).filter((name) => name !== 'machine.json.lock')).toEqual(['machine.json']);
    },
  );
});
