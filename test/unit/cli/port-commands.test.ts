// SPDX-License-Identifier: MIT
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { install, type Installation, type SimulatedWindows } from '../../../src/simulator/index.js';
import { isDescribed, readDocument } from '../../shared/cli-output-schema.js';
import { allCauses } from '../explain/causes.js';
import { documentOf, errorOf } from './documents.js';
import { demoMachine } from './demo-machine.js';
import { runCommand } from './terminal.js';

let machine: SimulatedWindows;
let simulation: Installation;

beforeEach(() => {
  machine = demoMachine();
  simulation = install(machine);
  // The tests must not depend on the settings of the user's terminal.
  vi.stubEnv('FORCE_COLOR', undefined);
  vi.stubEnv('NO_COLOR', undefined);
});

afterEach(() => {
  simulation.uninstall();
  vi.unstubAllEnvs();
});

/** Finds a port that is free on the host too, because a trial bind also binds it there. */
async function findPort(): Promise<number> {
  return Number((await documentOf('find'))['startPort']);
}

describe('explain', () => {
  it('answers with the exit code, and prints the reason and the advice', async () => {
    const { exitCode, stdout } = await runCommand('explain udp 1030');
    expect(exitCode).toBe(4);
    expect(stdout).toMatch(/^no: UDP port 1030 .*1026-1125.*\n {4}\S/);
    expect(stdout).toMatch(/^what to do:\n {2}1\. /m);
    expect(stdout).toMatch(/^ {5}but: .*WSL/m);
    expect(stdout).toMatch(/^ {5}in an elevated process:\n {7}.* protect udp 1030$/m);
    expect(stdout).not.toContain('evidence:');
    const port = await findPort();
    machine.addExcludedPortRange({ protocol: 'tcp', startPort: port, numberOfPorts: 1 });
    const { exitCode: freeCode, stdout: free } = await runCommand(`explain tcp ${port} --evidence`);
    expect(freeCode).toBe(0);
    expect(free).toMatch(new RegExp(`^yes: TCP port ${port} `));
    expect(free).toMatch(/^evidence:\n {2}- bind: \S/m);
    for (const line of `${stdout}${free}`.split('\n')) {
      expect(line.startsWith('       ') || line.length <= 80, line).toBe(true);
    }
  });

  it('gives the whole explanation', async () => {
    const free = await findPort();
    const expected = {
      [free]: 'free',
      80: 'foreign-range',
      1030: 'foreign-range',
      5004: 'persistent-reservation',
      5432: 'in-use',
      40000: 'guest-reservation',
    };
    const causes: Record<string, unknown> = {};
    for (const port of Object.keys(expected)) {
      const { exitCode, stdout } = await runCommand(`explain tcp ${port} --json`);
      const { cause, bindable } = readDocument(stdout);
      causes[port] = cause;
      expect(exitCode).toBe(bindable === true ? 0 : 4);
    }
    expect(causes).toEqual(expected);
    const { stdout } = await runCommand('explain tcp 7000 --host 192.0.2.1 --json');
    expect(readDocument(stdout)).toMatchObject({ host: '192.0.2.1', cause: 'address-not-available', bindable: false });
  });

  it('has a schema that knows every cause', () => {
    const explanation = {
      ...{ command: 'explain', protocol: 'tcp', port: 1, bindable: true, certainty: 'certain', sentence: 'x' },
      ...{ owners: [], evidence: [], advice: [] },
    };
    for (const cause of allCauses) expect(isDescribed({ ...explanation, cause }), cause).toBe(true);
    expect(isDescribed({ ...explanation, cause: 'unknown' })).toBe(false);
  });
});

describe('find', () => {
  it('finds ports', async () => {
    const both = await documentOf('find --protocol both --number 3');
    expect(both).toEqual({
      command: 'find',
      protocol: 'both',
      startPort: expect.any(Number) as number,
      numberOfPorts: 3,
    });
    const reserved = await findPort();
    machine.addForeignReservation({ protocol: 'tcp', startPort: reserved, numberOfPorts: 1 });
    const { stdout } = await runCommand(`find -n 2 --from-port ${reserved}`);
    const [startPort, endPort] = /^free: tcp (\d+)-(\d+) \(2 ports\)\n$/.exec(stdout)?.slice(1).map(Number) ?? [];
    expect(startPort).toBeGreaterThan(reserved);
    expect(endPort).toBe(Number(startPort) + 1);
  });

  it('says that it found none', async () => {
    expect(await errorOf('find --from-port 1026 --to-port 1100')).toMatchObject({
      code: 'ERR_NO_FREE_PORTS',
      exitCode: 4,
    });
    const { stderr } = await runCommand('find --from-port 1026 --to-port 1100');
    expect(stderr.match(/Ports 1026 to 1100/g)).toHaveLength(1);
  });
});
