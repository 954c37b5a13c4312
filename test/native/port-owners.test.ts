// SPDX-License-Identifier: MIT
// Tests how the addon asks who has a port: what it does when a call of Windows fails, and which calls it does not make.
import type net from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { listGuestPortReservations, listPortOwners } from 'win-port-reservation';
import {
  askMachineServer,
  closeServer,
  expectFailure,
  freeBlock,
  listenOrdinarily,
  onMachine,
} from '../contract/ring.js';
import { expectHeld, holdNext, letGo } from './child-process.js';
import { portsFrom } from '../shared/ports-from.js';

const [accessDenied, notSupported, insufficientBuffer] = [5, 50, 122];
const tcp = 'GetExtendedTcpTable';
const tcp6 = 'GetExtendedTcpTable(AF_INET6)';

describe('the owners of a TCP port', () => {
  let port: number;
  const servers: net.Server[] = [];
  const owners = () => listPortOwners({ protocol: 'tcp', port });
  const addresses = async () => (await owners()).map(({ address }) => address.replace(/%\d+$/, ''));

  beforeAll(async () => {
    port = await freeBlock(1);
    for (const host of ['127.0.0.1', '::1']) servers.push(await listenOrdinarily(port, host));
  });
  afterAll(async () => {
    await Promise.all(servers.map(closeServer));
  });

  it('are those of IPv4 where IPv6 is not installed', async () => {
    await onMachine('failNext', tcp6, notSupported);
    expect(await addresses()).toEqual(['127.0.0.1']);
    expect(await addresses()).toEqual(['127.0.0.1', '::1']);
  });

  it.each([
    [tcp, notSupported],
    [tcp6, accessDenied],
  ])('are not half of them: when %s fails with %i, all of it does', async (call, errorNumber) => {
    await onMachine('failNext', call, errorNumber);
    await expectFailure(owners(), { syscall: tcp, errno: errorNumber, protocol: 'tcp', startPort: port });
    expect(await addresses()).toEqual(['127.0.0.1', '::1']);
  });

  it('are found in a table that grows seven times while it is read, without waiting forever', async () => {
    await onMachine('failNext', tcp, insufficientBuffer, 7);
    expect(await addresses()).toEqual(['127.0.0.1', '::1']);
    await onMachine('failNext', tcp, insufficientBuffer, 8);
    await expectFailure(owners(), { syscall: tcp, errno: insufficientBuffer });
    expect(await addresses()).toEqual(['127.0.0.1', '::1']);
  });

  it.each([
    ['CreateToolhelp32Snapshot', false],
    ['OpenSCManagerW', true],
    ['EnumServicesStatusExW', true],
  ])('are listed without names where %s fails', async (call, hasImageName) => {
    await onMachine('failNext', call, accessDenied);
    const rows = await owners();
    expect(rows.map(({ processId, serviceNames }) => [processId, serviceNames])).toEqual([
      [process.pid, []],
      [process.pid, []],
    ]);
    for (const row of rows) expect('imageName' in row).toBe(hasImageName);
  });

  it('are not looked up by name if there is no owner', async () => {
    const lookups = ['CreateToolhelp32Snapshot', 'OpenSCManagerW'];
    for (const call of lookups) await onMachine('failNext', call, accessDenied);
    expect(await listPortOwners({ protocol: 'tcp', port: await freeBlock(1) })).toEqual([]);
    const { failures } = await onMachine('save');
    for (const call of lookups) expect(failures[call]).toEqual([accessDenied]);
    // The process that takes the failures.
    expect((await owners()).map(({ imageName }) => imageName)).toEqual([undefined, undefined]);
    expect((await owners()).map(({ imageName }) => imageName)).toEqual(['node.exe', 'node.exe']);
  });
});

describe('computenetwork.dll', () => {
  const call = 'HcnEnumerateGuestNetworkPortReservations';
  const standIn = (globalThis as unknown as Record<symbol, { isLoaded: (dll: string) => boolean }>)[
    Symbol.for('win-port-reservation.stand-in')
  ];
  const isLoaded = () => standIn?.isLoaded('computenetwork.dll');

  afterEach(letGo);

  it('is loaded only for the call, and asked for this process', async () => {
    expect(isLoaded()).toBe(false);
    const processes = await askMachineServer('countProcesses', []);
    await holdNext(call);
    const listing = listGuestPortReservations();
    await expectHeld(1);
    expect(isLoaded()).toBe(true);
    expect(await askMachineServer('countProcesses', [])).toBe(processes);
    await letGo();
    expect(await listing).toEqual([]);
    expect(isLoaded()).toBe(false);
  });

  it('is unloaded when the call fails', async () => {
    await onMachine('failNext', call, 0x8007_06ba);
    await expectFailure(listGuestPortReservations(), { syscall: call });
    expect(isLoaded()).toBe(false);
  });

  it.each([
    ['is not there', 'LoadLibraryExW', 126],
    ['does not have the function', 'GetProcAddress', 127],
  ])('gives nothing where it %s', async (_, lookup, errorNumber) => {
    await onMachine('failNext', lookup, errorNumber);
    expect(await listGuestPortReservations()).toBeUndefined();
    expect(isLoaded()).toBe(false);
    expect(await listGuestPortReservations()).toEqual([]);
  });

  it('that cannot be loaded for another reason is not reported as missing', async () => {
    await onMachine('failNext', 'LoadLibraryExW', 1455);
    await expectFailure(listGuestPortReservations(), { syscall: 'LoadLibraryExW', errno: 1455 });
  });

  it('may have thousands of reservations', async () => {
    const blocks = Array.from({ length: 2000 }, (_, index) => {
      return { protocol: 'udp' as const, ...portsFrom(1000 + 2 * index, 1000 + 2 * index) };
    });
    for (const block of blocks) await onMachine('addUnlistedReservation', block, 10013);
    expect(await listGuestPortReservations()).toEqual(blocks);
    for (const block of blocks) await onMachine('deleteUnlistedReservation', block);
    expect(await listGuestPortReservations()).toEqual([]);
  });
});
