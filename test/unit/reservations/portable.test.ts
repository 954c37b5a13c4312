// SPDX-License-Identifier: MIT
import dgram from 'node:dgram';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import {
  bind,
  connect,
  findFreePorts,
  listen,
  listenOnEach,
  PersistentPortReservation,
  PersistentPortReservationPair,
  RuntimePortReservation,
  type Protocol,
  RuntimePortReservationPair,
} from '../../../src/index.js';

// Tests that a service with `portable` gets ordinary sockets on the same ports on a platform without reservations.

const open: { close(): unknown }[] = [];

afterEach(() => {
  for (const socket of open.splice(0)) socket.close();
});

function track<Socket extends { close(): unknown }>(socket: Socket): Socket {
  open.push(socket);
  return socket;
}

async function freePorts(numberOfPorts: number): Promise<number> {
  for (;;) {
    const startPort = 10_000 + Math.floor(Math.random() * 20_000);
    const servers = Array.from({ length: numberOfPorts }, () => net.createServer());
    const outcomes = await Promise.allSettled(
      servers.map((server, index) => once(server.listen(startPort + index), 'listening')),
    );
    await Promise.all(servers.filter(({ listening }) => listening).map((server) => once(server.close(), 'close')));
    if (outcomes.every(({ status }) => status === 'fulfilled')) return startPort;
  }
}

describe.skipIf(process.platform === 'win32')('a portable service off Windows', () => {
  it('rejects without the option, and with it warns once that nothing is reserved', async () => {
    const block = { protocol: 'tcp', startPort: 5000, numberOfPorts: 2 } as const;
    await expect(PersistentPortReservation.ensure(block)).rejects.toMatchObject({ code: 'ERR_UNSUPPORTED_PLATFORM' });
    await expect(RuntimePortReservation.acquire(block)).rejects.toMatchObject({ code: 'ERR_UNSUPPORTED_PLATFORM' });
    await expect(PersistentPortReservation.ensure(block, { portable: 1 as never })).rejects.toThrow(TypeError);

    const warnings: NodeJS.ErrnoException[] = [];
    const hear = (warning: Error) => warnings.push(warning);
    process.on('warning', hear);
    const persistent = await PersistentPortReservation.ensure(block, { portable: true });
    const runtime = await RuntimePortReservation.acquire({ ...block, portable: true });
    await new Promise(setImmediate);
    process.off('warning', hear);
    expect(warnings.map(({ name, code }) => [name, code])).toEqual([['PortReservationWarning', 'WPR_NOT_RESERVED']]);
    for (const reservation of [persistent, runtime]) {
      expect(reservation).toMatchObject({ ...block, token: 0n, reserved: false });
    }
    await runtime.release();
    await persistent.delete();
  });

  it('listens on the given port, or on the first free port of the block', async () => {
    const startPort = await freePorts(3);
    const reservation = await PersistentPortReservation.ensure(
      { protocol: 'tcp', startPort, numberOfPorts: 3 },
      { portable: true },
    );
    const servers = [0, 0, 0, 0].map(() => track(http.createServer((_, response) => response.end('hello'))));
    const [first, second, third, fourth] = servers as [http.Server, http.Server, http.Server, http.Server];
    expect((await listen(first, reservation, { port: startPort + 1 })).port).toBe(startPort + 1);
    expect((await listen(second, reservation)).port).toBe(startPort);
    expect((await listen(third, reservation, { host: '127.0.0.1' })).port).toBe(startPort + 2);
    await expect(listen(fourth, reservation)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await expect(listen(fourth, reservation, { port: startPort + 3 })).rejects.toThrow(RangeError);
    open.pop();
  });

  it('listens on consecutive ports', async () => {
    const reservation = await RuntimePortReservation.acquire({
      protocol: 'tcp',
      startPort: await freePorts(2),
      numberOfPorts: 2,
      portable: true,
    });
    const servers = [track(net.createServer()), track(net.createServer())];
    const addresses = await listenOnEach(servers, reservation);
    expect(addresses.map(({ port }) => port - reservation.startPort)).toEqual([0, 1]);
  });

  it('binds UDP sockets and connects TCP ones', async () => {
    const startPort = await freePorts(2);
    const pair = await PersistentPortReservationPair.ensure({ startPort, numberOfPorts: 2 }, { portable: true });
    const socket = track(dgram.createSocket('udp4'));
    expect((await bind(socket, pair.udp, { port: startPort + 1 })).port).toBe(startPort + 1);
    const server = track(net.createServer((connection) => connection.pipe(connection)));
    const { port } = await listen(server, pair.tcp, { port: startPort, host: '127.0.0.1' });
    const client = await connect(pair.tcp, { host: '127.0.0.1', port });
    client.end('ping');
    expect(await text(client)).toBe('ping');
  });

  it('has port numbers even without a given start port, the same for both of a pair', async () => {
    const pair = await RuntimePortReservationPair.acquire({ numberOfPorts: 2, portable: true });
    expect(pair.tcp.startPort).toBeGreaterThan(0);
    expect(pair.udp.startPort).toBe(pair.tcp.startPort);
    const servers = [track(net.createServer()), track(net.createServer((connection) => connection.pipe(connection)))];
    const [, second] = await listenOnEach(servers, pair.tcp, { host: '127.0.0.1' });
    const outgoing = await RuntimePortReservation.acquire({ protocol: 'tcp', numberOfPorts: 2, portable: true });
    const client = await connect(outgoing, { host: '127.0.0.1', port: second?.port ?? 0 });
    expect([0, 1]).toContain((client.localPort ?? 0) - outgoing.startPort);
    client.destroy();
    await pair.release();
  });

  it('finds a pair of ports that are free for both protocols', async () => {
    const pair = await RuntimePortReservationPair.acquire({ numberOfPorts: 2, portable: true });
    expect([pair.tcp.reserved, pair.udp.reserved]).toEqual([false, false]);
    const socket = dgram.createSocket('udp4');
    await once(socket.bind(pair.startPort), 'listening');
    track(socket);
    await expect(RuntimePortReservationPair.acquire(undefined as never)).rejects.toThrow('"options" must be');
    const wrong = { numberOfPorts: 0, portable: true };
    await expect(RuntimePortReservationPair.acquire(wrong)).rejects.toThrow('"numberOfPorts" must be');
  });

  it('finds ports with ordinary binds', async () => {
    const fromPort = await freePorts(8);
    const tcp = track(net.createServer());
    const udp = track(dgram.createSocket('udp4'));
    await once(tcp.listen(fromPort + 1), 'listening');
    await once(udp.bind(fromPort + 4), 'listening');
    const search = { numberOfPorts: 2, fromPort, portable: true } as const;
    expect(await findFreePorts(search)).toEqual({ protocol: 'tcp', startPort: fromPort + 2, numberOfPorts: 2 });
    expect((await findFreePorts({ ...search, protocol: 'udp' })).startPort).toBe(fromPort);
    expect((await findFreePorts({ ...search, protocol: 'both' })).startPort).toBe(fromPort + 2);
    expect((await findFreePorts({ ...search, host: '127.0.0.1' })).startPort).toBe(fromPort + 2);

    const pair = await findFreePorts({ ...search, protocol: 'both', hold: true });
    expect([pair.tcp.reserved, pair.udp.reserved, pair.startPort]).toEqual([false, false, fromPort + 2]);
    await pair.release();
    await expect(findFreePorts({ ...search, toPort: fromPort + 2, numberOfPorts: 3 })).rejects.toMatchObject({
      code: 'ERR_NO_FREE_PORTS',
      hint: expect.stringContaining('1 refused without being listed') as string,
    });
  });

  it('settles when its server or socket is closed meanwhile', async () => {
    const reservation = await RuntimePortReservation.acquire({ protocol: 'udp', numberOfPorts: 1, portable: true });
    const socket = dgram.createSocket('udp4');
    const binding = bind(socket, reservation, { host: 'localhost' });
    await new Promise(setImmediate);
    socket.close();
    await expect(binding).rejects.toMatchObject({ code: 'ERR_SOCKET_CLOSED' });
  });

  it('leaves alone a server or socket that was closed or used otherwise at once', async () => {
    const acquire = <P extends Protocol>(protocol: P) =>
      RuntimePortReservation.acquire({ protocol, numberOfPorts: 1, portable: true });
    const [tcp, udp] = [await acquire('tcp'), await acquire('udp')];

    const closed = dgram.createSocket('udp4');
    const binding = bind(closed, udp);
    closed.close();
    await expect(binding).rejects.toMatchObject({ code: 'ERR_SOCKET_CLOSED' });

    const bound = track(dgram.createSocket('udp4'));
    const late = bind(bound, udp);
    const listening = once(bound.bind(0, '127.0.0.1'), 'listening');
    await expect(late).rejects.toMatchObject({ code: 'ERR_SOCKET_ALREADY_BOUND' });
    await listening;
    expect(bound.address().address).toBe('127.0.0.1');

    const stopped = http.createServer();
    const starting = listen(stopped, tcp);
    stopped.close();
    await expect(starting).rejects.toMatchObject({ code: 'ERR_SERVER_CLOSED' });
    expect(stopped.listening).toBe(false);

    const server = track(http.createServer());
    const [first, second] = await Promise.allSettled([listen(server, tcp), listen(server, tcp)]);
    expect([first.status, second.status]).toEqual(['fulfilled', 'rejected']);
    expect(second).toMatchObject({ reason: { name: 'PortReservationError', code: 'ERR_SERVER_ALREADY_LISTEN' } });
  });

  it.each(['listen', 'bind'])('%s does not begin when its signal is aborted at once', async (name) => {
    const acquire = <P extends Protocol>(protocol: P) =>
      RuntimePortReservation.acquire({ protocol, numberOfPorts: 1, portable: true });
    const [tcp, udp] = [await acquire('tcp'), await acquire('udp')];
    const controller = new AbortController();
    const options = { signal: controller.signal };
    const server = http.createServer();
    const socket = track(dgram.createSocket('udp4'));
    const heard: string[] = [];
    for (const each of [server, socket]) each.on('listening', () => heard.push('listening'));
    const started = name === 'listen' ? listen(server, tcp, options) : bind(socket, udp, options);
    const reason = new Error('no longer wanted');
    controller.abort(reason);
    await expect(started).rejects.toBe(reason);
    await new Promise(setImmediate);
    expect(heard).toEqual([]);
  });

  it('is ended by its signal, as on Windows', async () => {
    const reservation = await RuntimePortReservation.acquire({ protocol: 'tcp', numberOfPorts: 1, portable: true });
    const server = http.createServer();
    const controller = new AbortController();
    const { port } = await listen(server, reservation, { signal: controller.signal });
    expect(port).toBeGreaterThan(0);
    controller.abort();
    await once(server, 'close');
  });
});
