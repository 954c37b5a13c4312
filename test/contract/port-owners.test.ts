// SPDX-License-Identifier: MIT
import dgram from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  listGuestPortReservations,
  listPortOwners,
  type ListPortOwnersOptions,
  type PortBlock,
  type PortOwner,
  type Protocol,
} from 'win-port-reservation';
import { steeredIt } from './needs.js';
import {
  closeServer,
  expectFailure,
  freeBlock,
  isWine,
  listenOrdinarily,
  onMachine,
  ring,
  startChild,
  type Child,
} from './ring.js';
import { portsFrom } from '../shared/ports-from.js';

/** Wine gives a scope id to `::1`, which Windows does not. */
const withoutScope = (address: string) => (isWine ? address.replace(/%\d+$/, '') : address);

const own = { processId: process.pid, imageName: path.basename(process.execPath), serviceNames: [] };
const tables = { tcp: 'GetExtendedTcpTable', udp: 'GetExtendedUdpTable' } as const;

/** Makes the row of a server or of a UDP socket. */
const rowOf = (protocol: Protocol, address: string, owner: Omit<PortOwner, 'protocol' | 'address'>): PortOwner => ({
  protocol,
  address,
  ...owner,
  ...(protocol === 'tcp' && { state: 'LISTEN' }),
});

async function owners(options: ListPortOwnersOptions): Promise<PortOwner[]> {
  return (await listPortOwners({ details: false, ...options })).map((row) => ({
    ...row,
    address: withoutScope(row.address),
  }));
}

/** Waits until the system has noticed that the process of a port ended. */
async function expectNoOwners(options: ListPortOwnersOptions): Promise<void> {
  await expect.poll(() => owners(options)).toEqual([]);
}

/** Starts a process that has a port, and makes the row that it should have. */
async function startOwner(protocol: Protocol, host: string): Promise<{ port: number; row: PortOwner; child: Child }> {
  // Use no port that the system chose: connections of other tests may linger there.
  const port = await freeBlock(1);
  const child = startChild('own-port.mjs', protocol, host, port);
  const names = await child.next<{ processId: number; imageName: string }>();
  return { port, child, row: rowOf(protocol, host, { port, ...names, serviceNames: [] }) };
}

async function bindUdp(port: number): Promise<dgram.Socket> {
  const socket = dgram.createSocket('udp4');
  socket.bind(port, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

describe.each(['tcp', 'udp'] as const)('the owner of a %s port', (protocol) => {
  it.each(['127.0.0.1', '::1'])('on %s is named while its process lives, and no longer', async (address) => {
    const { port, row, child } = await startOwner(protocol, address);
    expect(row.processId).not.toBe(process.pid);
    expect(await owners({ protocol, port })).toEqual([row]);
    expect(await owners({ protocol, processId: row.processId })).toEqual([row]);
    expect(await owners({ protocol, port, processId: row.processId + 1 })).toEqual([]);
    expect(await child.kill()).not.toBe(0);
    await expectNoOwners({ protocol, port });
  });

  it('is not searched among the owners of the other protocol', async () => {
    const { port, child } = await startOwner(protocol, '127.0.0.1');
    const other = protocol === 'tcp' ? 'udp' : 'tcp';
    expect(await owners({ protocol: other, port })).toEqual([]);
    await child.finish();
  });

  it('that no process has is an empty list', async () => {
    expect(await owners({ protocol, port: await freeBlock(1) })).toEqual([]);
  });

  it('is among all owners', async () => {
    const { row, child } = await startOwner(protocol, '127.0.0.1');
    const all = await owners({ protocol });
    expect(all).toContainEqual(row);
    expect(all.filter((row) => row.protocol !== protocol)).toEqual([]);
    await child.finish();
  });

  steeredIt('cannot be named when Windows does not give the table', async () => {
    await onMachine('failNext', tables[protocol], 5);
    await expectFailure(listPortOwners({ protocol, port: 5000 }), {
      code: 'ERROR_ACCESS_DENIED',
      errno: 5,
      syscall: tables[protocol],
      protocol,
      startPort: 5000,
    });
    expect(await owners({ protocol, port: await freeBlock(1) })).toEqual([]);
  });
});

describe('the owners of a port', () => {
  it('are this process, for both protocols by default, TCP first', async () => {
    const port = await freeBlock(1);
    const server = await listenOrdinarily(port);
    const socket = await bindUdp(port);
    const rows = [rowOf('tcp', '127.0.0.1', { port, ...own }), rowOf('udp', '127.0.0.1', { port, ...own })];
    expect(await owners({ port })).toEqual(rows);
    expect(await owners({ port, protocol: undefined })).toEqual(rows);
    expect((await owners({})).filter((row) => row.port === port)).toEqual(rows);
    socket.close();
    await closeServer(server);
    await expectNoOwners({ port });
  });

  it('are all sockets that share the port on several addresses, IPv4 first', async () => {
    const port = await freeBlock(1);
    const servers = [await listenOrdinarily(port, '::1'), await listenOrdinarily(port, '127.0.0.1')];
    const addresses = (await owners({ protocol: 'tcp', port })).map(({ address }) => address);
    expect(addresses).toEqual(['127.0.0.1', '::1']);
    await Promise.all(servers.map(closeServer));
  });

  // The model does not know connections.
  it.skipIf(ring === 'simulated')('include those of its connections, with their state', async () => {
    const port = await freeBlock(1);
    const server = await listenOrdinarily(port);
    const client = net.connect(port, '127.0.0.1');
    const [[accepted]] = (await Promise.all([once(server, 'connection'), once(client, 'connect')])) as [
      [net.Socket],
      [],
    ];
    const states = (rows: PortOwner[]) => rows.map(({ state, processId }) => [state, processId]);
    expect(states(await owners({ protocol: 'tcp', port })).sort()).toEqual([
      ['ESTAB', process.pid],
      ['LISTEN', process.pid],
    ]);
    const { localPort } = client;
    expect(states(await owners({ protocol: 'tcp', port: localPort }))).toContainEqual(['ESTAB', process.pid]);
    client.destroy();
    accepted.destroy();
    await closeServer(server);
  });
});

describe('wrong options', () => {
  steeredIt.each([
    [null, 'options', 'ERR_INVALID_ARG_TYPE'],
    ['tcp', 'options', 'ERR_INVALID_ARG_TYPE'],
    [{ protocol: 'icmp' }, 'options.protocol', 'ERR_INVALID_ARG_TYPE'],
    [{ protocol: 6 }, 'options.protocol', 'ERR_INVALID_ARG_TYPE'],
    [{ protocol: null }, 'options.protocol', 'ERR_INVALID_ARG_TYPE'],
    [{ port: '80' }, 'options.port', 'ERR_INVALID_ARG_TYPE'],
    [{ port: null }, 'options.port', 'ERR_INVALID_ARG_TYPE'],
    [{ port: 0 }, 'options.port', 'ERR_OUT_OF_RANGE'],
    [{ port: -1 }, 'options.port', 'ERR_OUT_OF_RANGE'],
    [{ port: 1.5 }, 'options.port', 'ERR_OUT_OF_RANGE'],
    [{ port: Number.NaN }, 'options.port', 'ERR_OUT_OF_RANGE'],
    [{ protocol: 'tcp', port: 65_536 }, 'options.port', 'ERR_OUT_OF_RANGE'],
    [{ processId: '4' }, 'options.processId', 'ERR_INVALID_ARG_TYPE'],
    [{ processId: 2 ** 32 }, 'options.processId', 'ERR_OUT_OF_RANGE'],
  ] as const)('%j are refused by name, and Windows is not asked', async (options, parameter, code) => {
    // The first call takes the planned failure.
    for (const table of Object.values(tables)) await onMachine('failNext', table, 5);
    const error: unknown = await listPortOwners(options as never).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(code === 'ERR_OUT_OF_RANGE' ? RangeError : TypeError);
    expect(error).toMatchObject({ code });
    expect((error as Error).message).toContain(`"${parameter}" must be `);
    for (const protocol of ['tcp', 'udp'] as const) {
      await expectFailure(listPortOwners({ protocol }), { syscall: tables[protocol], errno: 5 });
    }
  });
});

describe('the port reservations of guests', () => {
  const call = 'HcnEnumerateGuestNetworkPortReservations';
  const reserved: PortBlock[] = [];

  async function reserveForGuest(block: PortBlock): Promise<void> {
    await onMachine('addUnlistedReservation', block, 10013);
    reserved.push(block);
  }

  afterEach(async () => {
    for (const block of reserved.splice(0)) await onMachine('deleteUnlistedReservation', block);
  });

  steeredIt('are none where there is no guest', async () => {
    expect(await listGuestPortReservations()).toEqual([]);
  });

  steeredIt('are listed with their protocol and their whole range', async () => {
    const startPort = await freeBlock(20);
    const blocks = [
      { protocol: 'tcp', ...portsFrom(startPort, startPort + 15) },
      { protocol: 'tcp', ...portsFrom(65_535, 65_535) },
      { protocol: 'udp', ...portsFrom(startPort + 17, startPort + 17) },
    ] as const;
    for (const block of blocks) await reserveForGuest(block);
    expect(await listGuestPortReservations()).toEqual(blocks);
  });

  steeredIt('are not told to a process that is not elevated, which learns who has a port all the same', async () => {
    await reserveForGuest({ protocol: 'tcp', startPort: await freeBlock(1), numberOfPorts: 1 });
    const port = await freeBlock(1);
    const server = await listenOrdinarily(port);
    const child = startChild('not-elevated-guests.mjs', port);
    expect(await child.next()).toEqual({
      elevated: false,
      guests: { code: 'E_ACCESSDENIED', errno: 0x8007_0005, syscall: call },
      owners: [process.pid],
    });
    expect(await child.exited).toBe(0);
    await closeServer(server);
  });

  steeredIt('fail with the HRESULT', async () => {
    await onMachine('failNext', call, 0x8007_06ba);
    const error = await expectFailure(listGuestPortReservations(), {
      code: 'WIN32_ERROR_2147944122',
      errno: 0x8007_06ba,
      syscall: call,
    });
    expect(error.message).toContain(`${call} error 2147944122: `);
    expect(await listGuestPortReservations()).toEqual([]);
  });
});
