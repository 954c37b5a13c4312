// SPDX-License-Identifier: MIT
import dgram from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  bind,
  connect,
  listen,
  listenOnEach,
  RuntimePortReservation,
  type AcquireRuntimeOptions,
  type Protocol,
} from 'win-port-reservation';
import { errorCodes } from '../../../src/common/error-codes.js';
import { install, SimulatedWindows, type Installation } from 'win-port-reservation/simulator';

// Tests on a Windows where a token works only for sockets of one address family, and on one where it works for both.

const loopback = { 4: '127.0.0.1', 6: '::1' } as const;
const open: { close(): unknown }[] = [];
const acquired: RuntimePortReservation[] = [];
let windows: SimulatedWindows;
let simulation: Installation;

function track<Socket extends { close(): unknown }>(socket: Socket): Socket {
  open.push(socket);
  return socket;
}

async function acquire<P extends Protocol>(options: AcquireRuntimeOptions<P>): Promise<RuntimePortReservation<P>> {
  const reservation = await RuntimePortReservation.acquire(options);
  acquired.push(reservation);
  return reservation;
}

function server(): net.Server {
  return track(net.createServer((socket) => socket.end('hello')));
}

async function greetingOf(port: number, host: string): Promise<string> {
  return text(net.connect({ port, host }));
}

/** Lists the blocks of this process on the machine, with the family of their owners. */
function held(): { startPort: number; family: number | undefined }[] {
  const { reservations, sockets } = windows.save();
  return reservations.map(({ startPort, owner }) => ({
    startPort,
    family: sockets.find(({ id }) => id === owner)?.family,
  }));
}

function start(associateOtherFamily: number): void {
  windows = new SimulatedWindows({ assumptions: { associateOtherFamily } });
  simulation = install(windows);
}

afterEach(async () => {
  for (const socket of open.splice(0)) {
    try {
      socket.close();
    } catch {
      // Not running.
    }
  }
  await Promise.all(acquired.splice(0).map((reservation) => reservation.release()));
  simulation.uninstall();
});

it('a block is acquired on IPv6, or on IPv4 without IPv6, and otherwise in one call', async () => {
  start(0);
  const first = await acquire({ protocol: 'tcp', numberOfPorts: 2 });
  expect(held()).toEqual([{ startPort: first.startPort, family: 6 }]);
  await first.release();
  windows.failNext('WSASocketW', errorCodes.WSAEAFNOSUPPORT.errorNumber);
  const second = await acquire({ protocol: 'udp', numberOfPorts: 1 });
  expect(held()).toEqual([{ startPort: second.startPort, family: 4 }]);
  await second.release();
  // A port that is taken is taken in both families.
  windows.failNext('WSAIoctl(SIO_ACQUIRE_PORT_RESERVATION)', errorCodes.WSAEADDRINUSE.errorNumber);
  await expect(acquire({ protocol: 'tcp', numberOfPorts: 1 })).rejects.toMatchObject({
    code: 'WSAEADDRINUSE',
  });
  expect(held()).toEqual([]);
});

describe.each([
  ['both families', 0],
  ['one family', errorCodes.WSAEINVAL.errorNumber],
  ['one family, with an error of its own', errorCodes.WSAEAFNOSUPPORT.errorNumber],
])('a token that is good for %s', (_, associateOtherFamily) => {
  beforeEach(() => {
    start(associateOtherFamily);
  });

  it.each([4, 6] as const)('lets a server listen on IPv%i', async (family) => {
    const reservation = await acquire({ protocol: 'tcp', numberOfPorts: 1 });
    const { port } = await listen(server(), reservation, { host: loopback[family] });
    expect(port).toBe(reservation.startPort);
    expect(await greetingOf(port, loopback[family])).toBe('hello');
    expect(held()).toHaveLength(1);
  });

  it('lets a server listen on both', async () => {
    const reservation = await acquire({ protocol: 'tcp', numberOfPorts: 1 });
    const { port } = await listen(server(), reservation);
    expect([await greetingOf(port, loopback[4]), await greetingOf(port, loopback[6])]).toEqual(['hello', 'hello']);
  });

  it.each(['udp4', 'udp6'] as const)('lets a socket of %s be bound', async (type) => {
    const reservation = await acquire({ protocol: 'udp', numberOfPorts: 2 });
    const sockets = [track(dgram.createSocket(type)), track(dgram.createSocket(type))];
    const ports = await Promise.all(sockets.map(async (socket) => (await bind(socket, reservation)).port));
    expect(ports.sort()).toEqual([reservation.startPort, reservation.startPort + 1]);
  });

  it.each([4, 6] as const)('lets a client connect over IPv%i', async (family) => {
    const target = server().listen(0, loopback[family]);
    await once(target, 'listening');
    const { port } = target.address() as net.AddressInfo;
    const reservation = await acquire({ protocol: 'tcp', numberOfPorts: 1 });
    const client = await connect(reservation, { port, host: loopback[family] });
    expect(client.localPort).toBe(reservation.startPort);
    expect(await text(client)).toBe('hello');
  });

  it('lets several servers listen at once', async () => {
    const reservation = await acquire({ protocol: 'tcp', numberOfPorts: 3 });
    const addresses = await listenOnEach([server(), server(), server()], reservation, { host: loopback[4] });
    expect(addresses.map(({ port }) => port - reservation.startPort)).toEqual([0, 1, 2]);
  });

  it("lets one family follow the other once the other's sockets are closed", async () => {
    const reservation = await acquire({ protocol: 'tcp', numberOfPorts: 1 });
    for (const family of [4, 6, 4] as const) {
      const each = server();
      await listen(each, reservation, { host: loopback[family] });
      each.close();
      await once(each, 'close');
    }
    expect(held()).toHaveLength(1);
    await reservation.release();
    expect(held()).toEqual([]);
  });
});

describe('a token that works for one family', () => {
  const refused = { code: 'WSAEINVAL', syscall: 'WSAIoctl(SIO_ASSOCIATE_PORT_RESERVATION)' };

  beforeEach(() => {
    start(errorCodes.WSAEINVAL.errorNumber);
  });

  it('stays with the bound sockets: the block does not move away from them', async () => {
    const reservation = await acquire({ protocol: 'tcp', numberOfPorts: 2 });
    const first = server();
    const [one, other] = await Promise.allSettled([
      listen(first, reservation, { host: loopback[6] }),
      listen(server(), reservation, { host: loopback[4] }),
    ]);
    expect(one.status).toBe('fulfilled');
    expect(other).toMatchObject({ status: 'rejected', reason: refused });
    await expect(listen(server(), reservation, { host: loopback[4] })).rejects.toMatchObject(refused);
    expect(held()).toEqual([{ startPort: reservation.startPort, family: 6 }]);
    // This also holds the other way around; the second server is then for IPv4 only.
    first.close();
    await once(first, 'close');
    await listen(server(), reservation, { host: loopback[4] });
    expect(await listen(server(), reservation)).toMatchObject({ address: '0.0.0.0' });
  });

  it('is reacquired if the block cannot be acquired in the other family', async () => {
    const reservation = await acquire({ protocol: 'tcp', numberOfPorts: 1 });
    windows.failNext('WSAIoctl(SIO_ACQUIRE_PORT_RESERVATION)', errorCodes.WSAENOBUFS.errorNumber);
    await expect(listen(server(), reservation, { host: loopback[4] })).rejects.toMatchObject(refused);
    expect(held()).toEqual([{ startPort: reservation.startPort, family: 6 }]);
    await listen(server(), reservation, { host: loopback[6] });
  });

  it('is reported lost if another program was faster, and is acquired again at the next call', async () => {
    const reservation = await acquire({ protocol: 'tcp', numberOfPorts: 1 });
    windows.failNext('WSAIoctl(SIO_ACQUIRE_PORT_RESERVATION)', errorCodes.WSAEADDRINUSE.errorNumber, 2);
    await expect(listen(server(), reservation, { host: loopback[4] })).rejects.toMatchObject({
      code: 'WSAEADDRINUSE',
      syscall: 'WSAIoctl(SIO_ACQUIRE_PORT_RESERVATION)',
      startPort: reservation.startPort,
    });
    expect(held()).toEqual([]);
    await listen(server(), reservation, { host: loopback[4] });
    expect(held()).toEqual([{ startPort: reservation.startPort, family: 4 }]);
  });

  it('is not moved for an error with another reason', async () => {
    const reservation = await acquire({ protocol: 'tcp', numberOfPorts: 1 });
    windows.failNext(refused.syscall, errorCodes.WSAENETDOWN.errorNumber);
    await expect(listen(server(), reservation, { host: loopback[6] })).rejects.toMatchObject({ code: 'WSAENETDOWN' });
    expect(held()).toEqual([{ startPort: reservation.startPort, family: 6 }]);
  });
});
