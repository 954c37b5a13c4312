// SPDX-License-Identifier: MIT
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watchPorts } from '../../../src/cli/commands/explain.js';
import type { SimulatedWindows } from '../../../src/simulator/index.js';
import { isDescribed, readDocument } from '../../shared/cli-output-schema.js';
import { allCauses } from '../explain/causes.js';
import { installForTest } from '../install-for-test.js';
import { documentOf, errorOf } from './documents.js';
import { demoMachine } from './demo-machine.js';
import { plainStyle, runCommand } from './terminal.js';

let machine: SimulatedWindows;

beforeEach(() => {
  machine = demoMachine();
  installForTest(machine);
  // The tests must not depend on the settings of the user's terminal.
  vi.stubEnv('FORCE_COLOR', undefined);
  vi.stubEnv('NO_COLOR', undefined);
});

afterEach(() => {
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

  it('explains the ports at which a process serves, each once', async () => {
    const { exitCode, stdout } = await runCommand('explain --pid 4711 --json');
    expect(exitCode).toBe(4);
    const { explanations } = readDocument(stdout) as { explanations: { port: number; cause: string }[] };
    expect(explanations.map(({ port, cause }) => `${port} ${cause}`)).toEqual(
      [5432, 9229, 49_300, 49_317].map((port) => `${port} in-use`),
    );
    const none = { exitCode: 0, stdout: 'process 4711 has no UDP server\n' };
    expect(await runCommand('explain udp --pid 4711')).toMatchObject(none);
    expect(readDocument((await runCommand('explain udp --pid 4711 --json')).stdout)).toMatchObject({
      command: 'explain',
      explanations: [],
    });
  });

  it('takes ports or a process, and not both', async () => {
    expect((await runCommand('explain 3000 --pid 4711')).stderr).toContain(
      "error: option '--pid' cannot be used with argument 'port'",
    );
    expect((await runCommand('explain')).stderr).toContain("error: missing required argument 'port'");
    expect((await runCommand('explain udp')).stderr).toContain("error: missing required argument 'port'");
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

  it('takes a port without a protocol, several ports and ranges', async () => {
    const { exitCode, stdout } = await runCommand('explain 1030');
    expect(exitCode).toBe(4);
    expect(stdout).toMatch(/^no: TCP port 1030 /);
    const several = await runCommand('explain udp 1124-1126 1030');
    expect(several.exitCode).toBe(4);
    expect(several.stdout.match(/^(yes|no): UDP port \d+/gm)).toHaveLength(4);
    const { explanations } = readDocument((await runCommand('explain 1124-1125 1030 1124 --json')).stdout);
    const asked = (explanations as { protocol: string; port: number }[]).map(({ protocol, port }) => [protocol, port]);
    expect(asked).toEqual([1124, 1125, 1030].map((port) => ['tcp', port]));
    const free = await findPort();
    expect((await runCommand(`explain ${free} ${free}`)).exitCode).toBe(0);
    expect((await runCommand(`explain ${free} 1030`)).exitCode).toBe(4);
  });

  it('says of every port first that the host is not of this machine', async () => {
    const { exitCode, stdout } = await runCommand('explain 1030 5432 --host 192.0.2.1 --evidence');
    expect(exitCode).toBe(4);
    expect(stdout.match(/^no: 192\.0\.2\.1 is not an address of this machine/gm)).toHaveLength(2);
    expect(stdout).toContain('WSAEADDRNOTAVAIL (10049) at 192.0.2.1:0');
  });

  it.each([
    ['explain 3000-2000', "'3000-2000' is invalid for argument 'port'. Expected a port from 1 to 65535, or a range"],
    ['explain 1-2-3', "'1-2-3' is invalid for argument 'port'."],
    ['explain 3000-', "'3000-' is invalid for argument 'port'."],
    ['explain 3000 udp', "'udp' is invalid for argument 'port'."],
    [
      'explain sctp 3000',
      "'sctp' is invalid for argument 'port'. Expected tcp, udp, a port from 1 to 65535, or a range",
    ],
    ['explain 1-101', 'Expected at most 100 ports; the command map shows all.'],
    ['explain 3000 --watch --json', "option '--watch' cannot be used with option '--json'"],
  ])('refuses %s', async (line, message) => {
    const { exitCode, stdout, stderr } = await runCommand(line);
    expect(exitCode).toBe(2);
    expect(stdout + stderr).toContain(message);
  });

  it('shows an answer again only when it has changed, until the user ends it', async () => {
    const port = await findPort();
    const block = { protocol: 'tcp', startPort: port, numberOfPorts: 1 } as const;
    const turns = [
      () => undefined,
      () => {
        machine.addForeignReservation(block);
      },
      () => undefined,
      () => {
        machine.deleteForeignReservation(block);
      },
    ];
    const shown: string[] = [];
    const { exitCode, text } = await watchPorts(
      { protocol: 'tcp', ports: [port] },
      (outcome) => void shown.push(outcome.text(plainStyle)),
      () => {
        const turn = turns.shift();
        turn?.();
        return Promise.resolve(turn !== undefined);
      },
    );
    expect(shown.map((answer) => /^\n?(yes|no): /.exec(answer)?.[0])).toEqual(['yes: ', '\nno: ', '\nyes: ']);
    expect([exitCode, text(plainStyle)]).toEqual([0, '']);
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

  it('tries preferred ports first, leaves ports out, and finds ports that browsers refuse when asked to', async () => {
    const [one, other] = [await findPort(), await findPort()];
    machine.addForeignReservation({ protocol: 'tcp', startPort: one, numberOfPorts: 1 });
    expect(await documentOf(`find --ports ${one} ${other}`)).toMatchObject({ startPort: other });
    const { startPort } = await documentOf(`find --ports ${one} ${other} --exclude ${other}`);
    expect([one, other]).not.toContain(startPort);
    const alone = 'find --from-port 6000 --to-port 6000';
    expect(await errorOf(alone)).toMatchObject({ code: 'ERR_NO_FREE_PORTS' });
    expect(await documentOf(`${alone} --no-browser-safe`)).toMatchObject({ startPort: 6000 });
    expect(await documentOf(`${alone} --protocol udp`)).toMatchObject({ startPort: 6000 });
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
