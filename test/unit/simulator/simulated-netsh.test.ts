// SPDX-License-Identifier: MIT
import { beforeEach, describe, expect, it } from 'vitest';
import type { Netsh } from '../../../src/windows/netsh.js';
import { MemoryAccess } from '../../../src/simulator/machine-access.js';
import { SimulatedWindows } from '../../../src/simulator/model/machine.js';
import { Refusal } from '../../../src/simulator/model/refusal.js';
import { simulatedNetsh } from '../../../src/simulator/simulated-netsh.js';

let windows: SimulatedWindows;

beforeEach(() => {
  windows = new SimulatedWindows();
});

function netshOf(elevated: boolean): (command: string) => ReturnType<Netsh> {
  const netsh = simulatedNetsh(new MemoryAccess(windows, elevated), (errorNumber) => `Error ${errorNumber}.`);
  return (command) => netsh(command.split(' '));
}

describe('the netsh of a simulated machine', () => {
  it('prints the columns of Windows, with a star for exclusions by an administrator', async () => {
    windows.addExcludedPortRange({ protocol: 'udp', startPort: 7, numberOfPorts: 1 });
    windows.addForeignReservation({ protocol: 'udp', startPort: 50_000, numberOfPorts: 60 });
    windows.startProcess().createPersistentPortReservation('udp', 60_000, 100);
    const { exitCode, output } = await netshOf(false)('interface ipv6 show excludedportrange protocol=udp');
    expect(exitCode).toBe(0);
    expect(output.split('\r\n').slice(4, 8)).toEqual([
      '----------    ---------',
      '         7           7     *',
      '     50000       50059      ',
      '     60000       60099      ',
    ]);
    expect(output).toMatch(/\r\n\* - .*\r\n\r\n$/);
  });

  it('takes values with and without their names', async () => {
    const netsh = netshOf(true);
    expect(await netsh('int ipv4 add excludedportrange TCP 8000 10')).toMatchObject({ exitCode: 0 });
    const { output } = await netsh('int ipv4 show excludedportrange store=persistent protocol=tcp');
    expect(output).toContain('      8000        8009     *');
    await netsh('interface ipv4 delete excludedportrange numberofports=10 protocol=tcp startport=8000');
    expect(windows.excludedPortRanges('tcp')).toEqual([]);
  });

  it('moves the dynamic range of one protocol', async () => {
    expect(await netshOf(false)('int ipv4 set dynamicport udp 2000 100')).toMatchObject({ exitCode: 1 });
    const netsh = netshOf(true);
    expect(await netsh('int ipv4 set dynamicport udp start=2000 num=100')).toMatchObject({ exitCode: 0 });
    expect(await netsh('int ipv4 set dynamicport udp start=65000 num=1000')).toMatchObject({
      exitCode: 1,
      output: expect.stringContaining('Error 87.') as string,
    });
    expect((await netsh('int ipv6 show dynamicport udp')).output.match(/\d+/g)).toEqual(['2000', '100']);
    expect((await netsh('int ipv4 show dynamicport tcp')).output.match(/\d+/g)).not.toEqual(['2000', '100']);
  });

  it('keeps an exclusion of the active store until the next restart, and refuses to list it in the other', async () => {
    const netsh = netshOf(true);
    await netsh('int ipv4 add excludedportrange tcp 8000 10 active');
    const listed = async (store: string) =>
      (await netsh(`int ipv4 show excludedportrange tcp ${store}`)).output.includes('8000');
    expect([await listed('active'), await listed('persistent')]).toEqual([true, false]);
    windows = SimulatedWindows.restore(windows.save());
    windows.restart();
    expect(windows.excludedPortRanges('tcp')).toEqual([]);
  });

  it('lets an exclusion that was deleted in the active store come back with the next restart', async () => {
    const netsh = netshOf(true);
    await netsh('int ipv4 add excludedportrange tcp 8000 10');
    expect(await netsh('int ipv4 delete excludedportrange tcp 8000 10 active')).toMatchObject({ exitCode: 0 });
    windows = SimulatedWindows.restore(windows.save());
    expect(windows.excludedPortRanges('tcp')).toEqual([]);
    expect(windows.excludedPortRanges('tcp', 'persistent')).toMatchObject([{ startPort: 8000, administered: true }]);
    expect(() => {
      windows.addExcludedPortRange({ protocol: 'tcp', startPort: 8005, numberOfPorts: 1 });
    }).toThrow(Refusal);
    windows.restart();
    expect(windows.excludedPortRanges('tcp')).toMatchObject([{ startPort: 8000, administered: true }]);
    windows.deleteExcludedPortRange({ protocol: 'tcp', startPort: 8000, numberOfPorts: 10 });
    windows.restart();
    expect(windows.excludedPortRanges('tcp', 'persistent')).toEqual([]);
  });

  it('deletes in the persistent store what no longer applies now, or makes it apply again', () => {
    const block = { protocol: 'tcp', startPort: 8000, numberOfPorts: 10 } as const;
    windows.addExcludedPortRange(block);
    windows.deleteExcludedPortRange(block, 'active');
    windows.addExcludedPortRange(block, 'active');
    windows.restart();
    expect(windows.excludedPortRanges('tcp')).toMatchObject([{ startPort: 8000 }]);
    windows.deleteExcludedPortRange(block, 'active');
    expect(() => {
      windows.deleteExcludedPortRange(block, 'active');
    }).toThrow(Refusal);
    windows.deleteExcludedPortRange(block);
    windows.restart();
    expect(windows.excludedPortRanges('tcp')).toEqual([]);
  });

  it('lists in the persistent store the ranges that survive a restart', async () => {
    windows.addExcludedPortRange({ protocol: 'tcp', startPort: 1, numberOfPorts: 1 });
    windows.addForeignReservation({ protocol: 'tcp', startPort: 22, numberOfPorts: 1 });
    windows.startProcess().createPersistentPortReservation('tcp', 333, 1);
    const { output } = await netshOf(true)('int ipv4 show excludedportrange tcp persistent');
    expect(output.match(/\d+/g)).toEqual(['1', '1', '333', '333']);
  });

  it.each([
    'int ipv4 show',
    'int ipv4 show constructor',
    'int ipv5 show dynamicport tcp',
    'advfirewall ipv4 show dynamicport tcp',
    'int ipv4 set global',
  ])('does not know "%s"', async (command) => {
    expect(await netshOf(true)(command)).toEqual({
      exitCode: 1,
      output: `\r\nThere is no such command: ${command}\r\n\r\n`,
    });
  });

  it.each([
    'int ipv4 show dynamicport',
    'int ipv4 show dynamicport icmp',
    'int ipv4 show dynamicport tcp active more',
    'int ipv4 show excludedportrange protocol=tcp store=registry',
    'int ipv4 show excludedportrange protocol=tcp family=4',
    'int ipv4 add excludedportrange tcp 8000 10 registry',
  ])('says how to use it after "%s"', async (command) => {
    const { exitCode, output } = await netshOf(true)(command);
    expect([exitCode, output]).toEqual([1, expect.stringMatching(/^\r\nUsage: [a-z ]+protocol= .*\r\n\r\n$/)]);
  });

  it('has its own text for a lack of elevation, and that of Windows for its errors', async () => {
    const add = 'int ipv4 add excludedportrange tcp';
    expect((await netshOf(false)(`${add} 8000 10`)).output).toContain('elevated');
    const netsh = netshOf(true);
    for (const block of ['0 10', '8000 0', '65530 10', 'x 10', '8000']) {
      expect(await netsh(`${add} ${block}`)).toEqual({ exitCode: 1, output: '\r\nError 87.\r\n\r\n' });
    }
    expect(await netsh('int ipv4 delete excludedportrange tcp 8000 10')).toMatchObject({ exitCode: 1 });
    windows.failNext('netsh int ipv4 add excludedportrange', 50);
    expect((await netsh(`${add} 8000 10`)).output).toContain('Error 50.');
    expect(windows.excludedPortRanges('tcp')).toEqual([]);
  });
});
