// SPDX-License-Identifier: MIT
import dgram from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createPersistentTcpPortReservation,
  explainPort,
  listen,
  ReservationSocket,
  RuntimePortReservation,
} from '../../../src/index.js';
import { install, SimulatedWindows, type Installation } from '../../../src/simulator/index.js';
import { collectUntil } from '../../shared/collect-until.js';

let windows: SimulatedWindows;
let simulation: Installation;

beforeEach(() => {
  windows = new SimulatedWindows();
  simulation = install(windows);
});
afterEach(() => {
  simulation.uninstall();
});

async function listenOrdinarily(port: number, host?: string): Promise<net.Server> {
  const server = net.createServer();
  server.listen(port, host);
  await once(server, 'listening');
  return server;
}

async function close(server: net.Server): Promise<void> {
  server.close();
  await once(server, 'close');
}

function portOf(server: net.Server): number {
  return (server.address() as net.AddressInfo).port;
}

async function freePort(): Promise<number> {
  const server = await listenOrdinarily(0);
  const port = portOf(server);
  await close(server);
  return port;
}

describe('an installed machine', () => {
  it('refuses ordinary binds inside a reservation, until it is uninstalled', async () => {
    const startPort = await freePort();
    await createPersistentTcpPortReservation(startPort, 1);
    await expect(listenOrdinarily(startPort)).rejects.toMatchObject({ code: 'EACCES', syscall: 'listen' });
    await expect(listenOrdinarily(startPort, '127.0.0.1')).rejects.toMatchObject({ code: 'EACCES' });
    simulation.uninstall();
    await close(await listenOrdinarily(startPort));
  });

  it('refuses ordinary UDP binds with the error number of the reservation', async () => {
    const port = await freePort();
    windows.addUnlistedReservation({ protocol: 'udp', startPort: port, numberOfPorts: 1 }, 10048);
    const socket = dgram.createSocket('udp4');
    socket.bind(port, '127.0.0.1');
    await expect(once(socket, 'listening')).rejects.toMatchObject({ code: 'EADDRINUSE', syscall: 'bind' });
    socket.close();
  });

  it('counts the port of an ordinary listener as in use while it listens', async () => {
    const server = await listenOrdinarily(0);
    const port = portOf(server);
    expect(port).toBeGreaterThanOrEqual(windows.dynamicRange.startPort);
    await expect(createPersistentTcpPortReservation(port, 1)).rejects.toMatchObject({
      code: 'ERROR_SHARING_VIOLATION',
    });
    await close(server);
    await createPersistentTcpPortReservation(port, 1);
  });

  it('chooses the next port of a block if a program outside the machine has one', async () => {
    simulation.uninstall();
    const outsider = await listenOrdinarily(0);
    const startPort = portOf(outsider);
    simulation = install(windows);
    const token = await createPersistentTcpPortReservation(startPort, 20);
    const server = net.createServer();
    const { port } = await listen(server, { protocol: 'tcp', token });
    expect(port).toBeGreaterThan(startPort);
    await expect(listen(net.createServer(), { protocol: 'tcp', token }, { port: startPort })).rejects.toMatchObject({
      code: 'WSAEADDRINUSE',
    });
    await close(server);
    await close(outsider);
  });

  it('lets UDP sockets share a port only if both say so', async () => {
    const bind = async (reuseAddr: boolean, port: number) => {
      const socket = dgram.createSocket({ type: 'udp4', reuseAddr });
      socket.bind(port, '127.0.0.1');
      await once(socket, 'listening');
      return socket;
    };
    const first = await bind(true, 0);
    const { port } = first.address();
    const second = await bind(true, port);
    await expect(bind(false, port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    first.close();
    second.close();
  });

  it('frees the ports of a dropped socket once it is collected', async () => {
    await (await ReservationSocket.open({ protocol: 'tcp' })).acquirePortReservation({ numberOfPorts: 2 });
    expect(windows.excludedPortRanges('tcp')).toHaveLength(1);
    await collectUntil(() => windows.excludedPortRanges('tcp').length === 0);
  });

  it('frees the port of a dropped bound socket', async () => {
    const token = await createPersistentTcpPortReservation(await freePort(), 1);
    const bound = async () => {
      const socket = await ReservationSocket.open({ protocol: 'tcp' });
      await socket.associatePortReservation(token);
      await socket.bind({ host: '127.0.0.1' });
    };
    await bound();
    await collectUntil(() => windows.save().sockets.length === 0);
    await bound();
  });

  it('leaves binds without a valid port alone, and accepts a port that is a string', async () => {
    const server = await listenOrdinarily(0, '127.0.0.1');
    server.on('connection', (connection) => connection.on('error', () => undefined));
    const client = net.connect({ port: portOf(server), host: '127.0.0.1', localAddress: '127.0.0.1' });
    await once(client, 'connect');
    client.resetAndDestroy();
    await once(client, 'close');
    await close(server);
    const socket = dgram.createSocket('udp4');
    socket.bind(String(await freePort()) as never, '127.0.0.1');
    await once(socket, 'listening');
    socket.close();
    expect(windows.save().sockets).toEqual([]);
  });

  it("restores Node's own binds, whichever of two machines is uninstalled first", async () => {
    const startPort = await freePort();
    await createPersistentTcpPortReservation(startPort, 1);
    const second = install(new SimulatedWindows());
    await close(await listenOrdinarily(startPort));
    simulation.uninstall();
    await close(await listenOrdinarily(startPort));
    second.uninstall();
    await close(await listenOrdinarily(startPort));
  });

  it('frees the ports of the process when it is uninstalled', async () => {
    const owner = await ReservationSocket.open({ protocol: 'udp' });
    await owner.acquirePortReservation({ numberOfPorts: 3 });
    simulation.uninstall();
    expect(windows.excludedPortRanges('udp')).toEqual([]);
    await expect(owner.acquirePortReservation({ numberOfPorts: 1 })).rejects.toMatchObject({ code: 'WSAENOTSOCK' });
  });
});

describe('a machine whose sockets get any ports of the host', () => {
  let port: number;
  let outsider: net.Server;

  beforeEach(async () => {
    simulation.uninstall();
    outsider = await listenOrdinarily(0);
    port = portOf(outsider);
    windows = new SimulatedWindows({ hostPorts: 'any' });
    simulation = install(windows);
  });
  afterEach(async () => {
    await close(outsider);
  });

  it('lets sockets have a port of another program, and reports that port', async () => {
    const server = await listenOrdinarily(port);
    expect(portOf(server)).toBe(port);
    await expect(listenOrdinarily(port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await close(server);

    const reservation = await RuntimePortReservation.acquire({ protocol: 'tcp', startPort: port, numberOfPorts: 1 });
    const inside = net.createServer();
    expect(await listen(inside, reservation, { host: '127.0.0.1' })).toMatchObject({ port });
    expect(inside.address()).toMatchObject({ port, address: '127.0.0.1' });
    await close(inside);
    await reservation.release();
    expect(await explainPort({ protocol: 'tcp', port })).toMatchObject({ cause: 'free', bindable: true });
  });

  it('lets UDP sockets have it too', async () => {
    const socket = dgram.createSocket('udp4');
    socket.bind(port, '127.0.0.1');
    await once(socket, 'listening');
    expect(socket.address().port).toBe(port);
    socket.close();
  });

  it('is the only one that does', async () => {
    simulation.uninstall();
    simulation = install(new SimulatedWindows({ hostPorts: 'same' }));
    await expect(listenOrdinarily(port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    expect(() => new SimulatedWindows({ hostPorts: 'other' as never })).toThrow(RangeError);
  });
});
