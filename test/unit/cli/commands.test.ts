// SPDX-License-Identifier: MIT
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SimulatedWindows } from '../../../src/simulator/index.js';
import { installForTest } from '../install-for-test.js';
import { documentOf, errorOf, note } from './documents.js';
import { demoMachine } from './demo-machine.js';
import { runCommand } from './terminal.js';
import { parseXml } from './xml.js';
import { portsFrom } from '../../shared/ports-from.js';

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

/** Continues as a process that is not elevated. */
function loseRights(): void {
  installForTest(machine, { elevated: false });
}

describe('reservations', () => {
  it('are created, looked up, ensured and deleted', async () => {
    machine.useTokens(0xffff_ffff_ffff_ffffn, 77n);
    const block = { protocol: 'tcp', startPort: 7000, numberOfPorts: 3 };
    const token = '18446744073709551615';
    expect(await documentOf('create tcp 7000 3')).toEqual({ command: 'create', ...block, token });
    expect(await documentOf('lookup tcp 7000 3')).toEqual({ command: 'lookup', ...block, token });
    expect(await documentOf('ensure tcp 7000 3')).toEqual({ command: 'ensure', ...block, token, created: false });
    expect(await documentOf('delete tcp 7000 3')).toEqual({ command: 'delete', ...block });
    expect(await documentOf('ensure tcp 7000 3')).toEqual({ command: 'ensure', ...block, token: '77', created: true });
  });

  it('are reported in one line', async () => {
    machine.useTokens(42n);
    const lines = [];
    for (const command of ['create UDP 7000 2', 'lookup udp 7000 2', 'ensure udp 7000 2', 'delete udp 7000 2']) {
      const { exitCode, stdout, stderr } = await runCommand(command);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: note });
      lines.push(stdout);
    }
    expect(lines).toEqual([
      'reserved udp 7000-7001 (2 ports), token 42\n',
      'found udp 7000-7001 (2 ports), token 42\n',
      'found udp 7000-7001 (2 ports), token 42\n',
      'deleted udp 7000-7001 (2 ports)\n',
    ]);
  });

  it('have one port by default', async () => {
    expect(await documentOf('create tcp 7000')).toMatchObject({ numberOfPorts: 1 });
    expect(machine.persistentReservations('tcp')).toContainEqual(
      expect.objectContaining({ startPort: 7000, numberOfPorts: 1 }),
    );
  });

  it('that do not exist are an answer, not a failure', async () => {
    const { exitCode, stdout, stderr } = await runCommand('lookup tcp 7000 3');
    expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: '' });
    expect(stderr).toMatch(
      /\nerror: Lookup\w+ ERROR_NOT_FOUND: .* \[tcp 7000-7002\]\nhint: Use exactly the numbers .*\n$/,
    );
    const block = { protocol: 'tcp', startPort: 7000, numberOfPorts: 3 };
    expect(await errorOf('delete tcp 7000 3')).toMatchObject({ ...block, code: 'ERROR_NOT_FOUND', errno: 1168 });
  });

  it('that are refused say what is in the way', async () => {
    const details = { code: 'ERROR_SHARING_VIOLATION', errno: 32, exitCode: 4 };
    const blocks = [{ protocol: 'tcp', ...portsFrom(50_000, 50_059), administered: true }];
    expect(await errorOf('create tcp 50010 2')).toMatchObject({ ...details, blocks });
    expect(await errorOf('ensure tcp 5432')).toMatchObject({ ...details, blocks: [] });
  });

  it('need elevation, and the command to run is printed', async () => {
    const main = path.resolve('dist/cli/main.js');
    const command = `"${process.execPath}" "${main}"`;
    loseRights();
    for (const [name, result] of [
      ['create', 3],
      ['ensure', 3],
      ['delete', 3],
      ['exclude add', 3],
      ['exclude delete', 3],
      ['lookup', 4],
    ] as const) {
      const line = `${name} tcp 7000 3`;
      const { exitCode, stdout, stderr } = await runCommand(line);
      expect({ line, exitCode, stdout }).toEqual({ line, exitCode: result, stdout: '' });
      expect(stderr.includes(`\n    ${command} ${line}\n`)).toBe(result === 3);
      expect(stderr.includes(`\n    & ${command} ${line}\n`)).toBe(result === 3);
    }
    const { elevated } = await errorOf('exclude add udp 7000');
    expect(elevated).toEqual({
      command: `${command} exclude add udp 7000 1`,
      powershellCommand: `& ${command} exclude add udp 7000 1`,
      powershell: `Start-Process -Verb RunAs cmd '/k ""${process.execPath}" "${main}" exclude add udp 7000 1"'`,
    });
    expect(await documentOf('ensure tcp 5000 20')).toMatchObject({ created: false });
  });
});

describe('exclusions', () => {
  it('are added and deleted', async () => {
    const block = { protocol: 'udp', startPort: 7000, numberOfPorts: 10 };
    expect(await documentOf('exclude add udp 7000 10')).toEqual({ command: 'exclude add', ...block });
    expect((await runCommand('list -p udp')).stdout).toMatch(
      /^udp +7000 +7009 +10 {2}\* +excluded by an administrator$/m,
    );
    expect(await documentOf('exclude delete udp 7000 10')).toEqual({ command: 'exclude delete', ...block });
    expect(await errorOf('exclude delete udp 7000 10')).toMatchObject({ code: 'ERROR_NOT_FOUND', exitCode: 4 });
  });

  it('that an administrator may not delete are a failure that elevation does not change', async () => {
    const call = 'netsh interface ipv4 delete excludedportrange';
    machine.failNext(call, 5);
    expect(await errorOf('exclude delete tcp 1026 100')).toMatchObject({ code: 'ERROR_ACCESS_DENIED', exitCode: 1 });
  });
});

describe('list', () => {
  it('says what kind each range is', async () => {
    const { ranges, store } = (await documentOf('list')) as { ranges: Record<string, unknown>[]; store: string };
    expect(store).toBe('active');
    expect(ranges).toHaveLength(21);
    const kindOf = (port: number) => ranges.find(({ startPort, protocol }) => startPort === port && protocol === 'udp');
    expect(kindOf(5000)).toMatchObject({ endPort: 5019, kind: 'persistent' });
    expect(kindOf(50_000)).toMatchObject({ endPort: 50_059, kind: 'administered', administered: true });
    expect(kindOf(50_100)).toMatchObject({ endPort: 50_199, kind: 'reserved', administered: false });
  });

  it('prints aligned columns, one protocol after the other', async () => {
    const { stdout } = await runCommand('list --store persistent');
    expect(stdout.split('\n')).toEqual([
      'protocol  first   last  ports  mark  kind',
      'tcp        5000   5019     20        persistent reservation',
      'tcp       50000  50059     60  *     excluded by an administrator',
      'udp        5000   5019     20        persistent reservation',
      'udp       27015  27018      4        persistent reservation',
      'udp       50000  50059     60  *     excluded by an administrator',
      '',
    ]);
  });

  it('says what it could not find out', async () => {
    machine.failNext('LookupPersistentTcpPortReservation', 87, 20);
    const { exitCode, stdout, stderr } = await runCommand('list');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^tcp +5000 +5019 +20 +reserved by Windows or a program$/m);
    expect(stderr.match(/^note: persistent reservations are .* \(ERROR_INVALID_PARAMETER\)$/gm)).toHaveLength(1);
  });

  it('says that there is nothing', async () => {
    installForTest(new (machine.constructor as typeof SimulatedWindows)());
    expect((await runCommand('list')).stdout).toBe('no excluded ranges\n');
    expect((await runCommand('owners')).stdout).toBe('no process uses a port\n');
    expect(await documentOf('list --protocol tcp')).toEqual({
      ...{ command: 'list', store: 'active', ranges: [], notes: [] },
    });
  });
});

describe('owners', () => {
  it('names the processes', async () => {
    const { stdout } = await runCommand('owners --protocol tcp --port 5003');
    expect(stdout.split('\n')).toEqual([
      'protocol  port  address  state   PID  program      services',
      'tcp       5003  0.0.0.0  LISTEN  812  service.exe',
      '',
    ]);
    expect((await runCommand('owners --pid 812')).stdout).toContain(' 5003  0.0.0.0 ');
    const others = (await documentOf('owners --pid 4')) as { owners: { processId: number }[] };
    expect(others.owners.filter(({ processId }) => processId !== 4)).toEqual([]);
    expect((await runCommand('owners --pid 4294967295')).stdout).toBe('process 4294967295 uses no port\n');
    const { owners } = (await documentOf('owners')) as { owners: unknown[] };
    // Two rows for each of the four dual-stack sockets.
    expect(owners).toHaveLength(2 * 4 + 2);
  });
});

describe('map', () => {
  it('gives the runs of both protocols', async () => {
    const { host, date, maps, notes } = (await documentOf('map')) as {
      host: string;
      date: string;
      maps: Record<string, unknown>[];
      notes: string[];
    };
    expect(notes).toEqual([]);
    expect(host).toBe('a simulated Windows');
    expect(new Date(date).toISOString()).toBe(date);
    expect(maps.map(({ protocol }) => protocol)).toEqual(['tcp', 'udp']);
    expect(maps[0]?.['counts']).toEqual({
      ...{ persistent: 19, administered: 60, 'in-use': 5, reserved: 702, guest: 4096 },
      ...{ dynamic: 16_384 - 60 - 300 - 2, free: 49_151 - 19 - 1 - 402 - 4096 - 2 },
    });
    expect(maps[0]?.['runs']).toContainEqual({
      ...{ startPort: 5003, endPort: 5003, kind: 'in-use', dynamic: false },
      owners: [{ processId: 812, imageName: 'service.exe' }],
    });
  });

  it('gives a part of the ports', async () => {
    const { maps } = (await documentOf('map -p tcp --from 2900 --to 5001')) as { maps: Record<string, unknown>[] };
    expect(maps.map(({ runs }) => runs)).toEqual([
      [
        { startPort: 2900, endPort: 2968, kind: 'reserved', dynamic: false, range: { startPort: 2869, endPort: 2968 } },
        { startPort: 2969, endPort: 3382, kind: 'free', dynamic: false },
        { startPort: 3383, endPort: 3482, kind: 'reserved', dynamic: false, range: { startPort: 3383, endPort: 3482 } },
        { startPort: 3483, endPort: 4999, kind: 'free', dynamic: false },
        {
          ...{ startPort: 5000, endPort: 5001, kind: 'persistent', dynamic: false },
          range: { startPort: 5000, endPort: 5019 },
        },
      ],
    ]);
    expect(maps[0]?.['counts']).toMatchObject({ free: 414 + 1517, reserved: 169, persistent: 2, dynamic: 0 });
    expect((await runCommand('map --from 100 --to 99')).stderr).toContain(
      "error: '--to' must be a port from 100 to 65535; received 99\n",
    );
  });

  it('draws TCP, or both protocols, as wide as the terminal, and marks ports', async () => {
    const { stdout } = await runCommand('map --highlight 3000 5430-5432');
    expect(stdout.match(/^(TCP|UDP) ports of a simulated Windows, \d{4}-\d\d-\d\d /gm)).toHaveLength(1);
    expect(stdout).not.toContain('\u001b');
    expect(stdout).toContain('*  3000: free\n');
    expect(stdout).toContain('*  5432: in use by browser & <friends>.exe (process 4711)\n');
    expect((await runCommand('map -p both')).stdout.match(/^(TCP|UDP) ports/gm)).toEqual(['TCP ports', 'UDP ports']);
    expect((await runCommand('map', { columns: 130 })).stdout).toContain('\na letter is 10 ports, ');
    expect((await runCommand('map --protocol udp', { isTTY: true })).stdout).toContain('\u001b[41m');
  });

  it('writes a picture', async () => {
    const { stdout } = await runCommand('map --protocol tcp --svg -');
    expect(parseXml(stdout).name).toBe('svg');
    expect(stdout).toContain('in use by browser &amp; &lt;friends&gt;.exe (process 4711)');
    const file = path.join(tmpdir(), `win-port-reservation-${process.pid}.svg`);
    try {
      expect((await runCommand(`map --svg ${file}`)).stdout).toBe(`wrote ${file}\n`);
      expect(parseXml(readFileSync(file, 'utf8')).name).toBe('svg');
      expect(await documentOf(`map --svg ${file}`)).toMatchObject({ svg: file });
    } finally {
      rmSync(file, { force: true });
    }
    expect(await errorOf('map --svg no-such-folder/ports.svg')).toMatchObject({ code: 'ENOENT', exitCode: 1 });
    expect(await errorOf('map --svg -')).toMatchObject({ code: 'ERR_COMMAND_LINE', exitCode: 2 });
  });

  it('goes on without the information that it cannot get, and says so', async () => {
    loseRights();
    machine.failNext('GetExtendedTcpTable', 8);
    const { exitCode, stdout, stderr } = await runCommand('map --protocol tcp');
    expect(exitCode).toBe(0);
    expect(stdout).not.toMatch(/^[GU] {2}/m);
    expect(stderr).toMatch(/^note: ports of virtual machines and containers are not shown: .*E_ACCESSDENIED/m);
    expect(stderr).toMatch(/^note: ports in use are not shown: GetExtendedTcpTable error 8/m);
  });
});

describe('failures', () => {
  it('name the options of the command line, and not those of the functions', async () => {
    machine.addForeignReservation({ protocol: 'tcp', startPort: 7000, numberOfPorts: 2 });
    const none = await errorOf('find --from-port 7000 --to-port 7001');
    expect(none['hint']).toContain('Search more ports (--from-port, --to-port).');
    expect(none['message']).not.toContain('fromPort');
    const foreign = await errorOf('unprotect tcp 50000 60');
    expect(foreign['hint']).toMatch(/ use --force\.$/);
  });

  it('say what to do about a name that has no address', async () => {
    const { exitCode, stderr } = await runCommand('find --host nowhere.invalid');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/error: getaddrinfo \w+ nowhere\.invalid\nhint: .* as --host\.\n$/);
  });

  it('end with 1 and are described', async () => {
    machine.failNext('LookupPersistentTcpPortReservation', 4321, 2);
    expect(await errorOf('lookup tcp 7000')).toMatchObject({ code: 'WIN32_ERROR_4321', errno: 4321, exitCode: 1 });
    const { exitCode, stderr } = await runCommand('lookup tcp 7000');
    expect(exitCode).toBe(1);
    expect(stderr).toBe(
      `${note}error: LookupPersistentTcpPortReservation error 4321: Windows has no text for it. [tcp 7000]\n` +
        'hint: This package has no hint for this error. This command explains the number: net helpmsg 4321\n',
    );
  });

  it('are in color on a terminal', async () => {
    const { stderr } = await runCommand('lookup tcp 7000', { isTTY: true });
    expect(stderr).toContain('\u001b[31merror:\u001b[39m Lookup');
    expect(stderr).toContain('\u001b[36mhint:\u001b[39m Use');
  });
});
