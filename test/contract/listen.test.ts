// SPDX-License-Identifier: MIT
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createPersistentTcpPortReservation,
  deletePersistentTcpPortReservation,
  errorCodes,
  explainPort,
  listen,
  ReservationSocket,
} from 'win-port-reservation';
import type { SavedMachine } from '../../dist/simulator/index.js';
import { expectAssumed, expectKeptOut, refusalOfBind } from './assumed.js';
import { elevatedIt, steeredIt } from './needs.js';
import {
  bindElsewhere,
  closeServer,
  expectFailure,
  freeBlock,
  listenOrdinarily,
  onMachine,
  ring,
  savedMachine,
} from './ring.js';

const numberOfPorts = 4;
let owner: ReservationSocket;
let startPort: number;
let reservation: { protocol: 'tcp'; token: bigint };
const servers: net.Server[] = [];

function track<Server extends net.Server>(server: Server): Server {
  servers.push(server);
  return server;
}

beforeEach(async () => {
  owner = await ReservationSocket.open({ protocol: 'tcp' });
  const acquired = await owner.acquirePortReservation({ numberOfPorts });
  ({ startPort } = acquired);
  reservation = { protocol: 'tcp', token: acquired.token };
});

afterEach(async () => {
  for (const server of servers.splice(0)) if (server.listening) await closeServer(server);
  await owner[Symbol.asyncDispose]();
});

async function get(port: number, host = '127.0.0.1'): Promise<string> {
  const [response] = (await once(http.get({ host, port, agent: false }), 'response')) as [http.IncomingMessage];
  let body = '';
  for await (const chunk of response.setEncoding('utf8')) body += String(chunk);
  return body;
}

/** Returns the outcome of an ordinary bind of this process: `bound`, or the code of the error. */
async function bindHere(port: number): Promise<string> {
  try {
    await closeServer(await listenOrdinarily(port));
    return 'bound';
  } catch (error) {
    expect(error).toMatchObject({ syscall: 'listen' });
    return (error as NodeJS.ErrnoException).code ?? '';
  }
}

function helloServer(): http.Server {
  return track(http.createServer((_, response) => response.end('hello')));
}

describe('listen', () => {
  it('serves HTTP on a port of the block that Windows chooses', async () => {
    const server = helloServer();
    const address = await listen(server, reservation);
    expect(address.port).toBeGreaterThanOrEqual(startPort);
    expect(address.port).toBeLessThan(startPort + numberOfPorts);
    expect(server.address()).toEqual(address);
    expect(await get(address.port)).toBe('hello');
    await expectKeptOut('tcp', address.port, 'bindInsideRuntimeReservation');
  });

  it('listens on the port and host it names', async () => {
    const server = helloServer();
    const address = await listen(server, reservation, { port: startPort + 2, host: '127.0.0.1' });
    expect(address).toEqual({ address: '127.0.0.1', family: 'IPv4', port: startPort + 2 });
    expect(server.address()).toEqual(address);
    expect(await get(startPort + 2)).toBe('hello');
  });

  it('listens on both families unless a host or ipv6Only says otherwise', async () => {
    const { port } = await listen(helloServer(), reservation);
    expect([await get(port, '127.0.0.1'), await get(port, '::1')]).toEqual(['hello', 'hello']);
    const only = await listen(helloServer(), reservation, { ipv6Only: true });
    expect(only).toMatchObject({ address: '::', family: 'IPv6' });
    expect(await get(only.port, '::1')).toBe('hello');
    await expect(get(only.port, '127.0.0.1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  describe('at every address', () => {
    const { WSAEADDRINUSE, WSAENETDOWN, WSAEACCES } = errorCodes;

    steeredIt.each([WSAENETDOWN, WSAEACCES, errorCodes.WSAEAFNOSUPPORT])(
      'falls back to IPv4 where a dual-stack bind fails with $errorNumber, as Node does, and explainPort says so',
      async ({ errorNumber }) => {
        await onMachine('failNext', 'bind', errorNumber);
        const { address, family, port } = await listen(helloServer(), reservation);
        expect({ address, family }).toEqual({ address: '0.0.0.0', family: 'IPv4' });
        expect(await get(port)).toBe('hello');
        await onMachine('failNext', 'bind', errorNumber);
        expect(await explainPort({ protocol: 'tcp', port: await freeBlock(1) })).toMatchObject({ bindable: true });
      },
    );

    steeredIt('tells the error of IPv4 where both fail', async () => {
      await onMachine('failNext', 'bind', WSAENETDOWN.errorNumber);
      await onMachine('failNext', 'bind', WSAEACCES.errorNumber);
      await expectFailure(listen(helloServer(), reservation), { code: 'WSAEACCES', host: '0.0.0.0' });
      await listen(helloServer(), reservation);
    });

    steeredIt('gives up where the port is in use, and for ipv6Only whatever fails', async () => {
      const failures = [
        [WSAEADDRINUSE, {}],
        [WSAENETDOWN, { ipv6Only: true }],
      ] as const;
      for (const [{ errorNumber }, options] of failures) {
        await onMachine('failNext', 'bind', errorNumber);
        await expectFailure(listen(helloServer(), reservation, options), { errno: errorNumber, host: '::' });
        // No planned failure is left, for IPv4 for instance.
        expect(await listen(helloServer(), reservation)).toMatchObject({ address: '::' });
      }
    });

    it('is refused, as in Node, where only the IPv4 port is taken', async () => {
      const { port } = await listen(helloServer(), reservation, { host: '0.0.0.0' });
      await expectFailure(listen(helloServer(), reservation, { port }), { code: 'WSAEADDRINUSE', host: '::' });
      expect(await listen(helloServer(), reservation, { port, ipv6Only: true })).toMatchObject({ address: '::', port });
    });
  });

  it('looks a host name up', async () => {
    const { address, port } = await listen(helloServer(), reservation, { host: 'localhost' });
    expect(['127.0.0.1', '::1']).toContain(address);
    expect(await get(port, address)).toBe('hello');
    await expect(listen(helloServer(), reservation, { host: 'nowhere.invalid' })).rejects.toMatchObject({
      syscall: 'getaddrinfo',
    });
  });

  it('fills the block with one server per port, and says when it is full', async () => {
    const ports = [];
    for (let index = 0; index < numberOfPorts; index += 1) {
      ports.push((await listen(helloServer(), reservation, { host: '127.0.0.1' })).port);
    }
    expect(ports.sort()).toEqual([0, 1, 2, 3].map((offset) => startPort + offset));
    await expectAssumed(listen(helloServer(), reservation, { host: '127.0.0.1' }), 'bindInFullBlock');
  });

  it('lets other programs have the port once the server and the owner of the block are closed', async () => {
    const server = helloServer();
    const { port } = await listen(server, reservation, { host: '127.0.0.1' });
    await closeServer(server);
    await expectKeptOut('tcp', port, 'bindInsideRuntimeReservation');
    await owner.close();
    expect(await bindElsewhere('tcp', port)).toBe('bound');
  });

  it('goes on serving when the owner of the block is closed first', async () => {
    const { port } = await listen(helloServer(), reservation, { host: '127.0.0.1' });
    await owner.close();
    expect(await get(port)).toBe('hello');
  });

  elevatedIt('serves inside a persistent reservation', async () => {
    const persistent = await freeBlock(2);
    const token = await createPersistentTcpPortReservation(persistent, 2);
    const server = helloServer();
    const { port } = await listen(server, { protocol: 'tcp', token }, { port: persistent + 1 });
    expect(port).toBe(persistent + 1);
    expect(await get(port)).toBe('hello');
    await closeServer(server);
    await deletePersistentTcpPortReservation(persistent, 2);
  });

  it('refuses an ordinary listen of the same process inside the block', async () => {
    const outcome = await bindHere(startPort);
    expect(outcome).toMatch(await refusalOfBind('bindInsideOwnRuntimeReservation'));
  });

  it('refuses a port that another server of the block has, and one outside the block', async () => {
    await listen(helloServer(), reservation, { port: startPort, host: '127.0.0.1' });
    const second = helloServer();
    await expectFailure(listen(second, reservation, { port: startPort, host: '127.0.0.1' }), {
      code: 'WSAEADDRINUSE',
      syscall: 'bind',
      startPort,
    });
    const outside = helloServer();
    await expectAssumed(
      listen(outside, reservation, { port: await freeBlock(1), host: '127.0.0.1' }),
      'bindOutsideAssociatedBlock',
      { syscall: 'bind' },
    );
    expect(second.listening).toBe(false);
    expect((await listen(second, reservation, { port: startPort + 1, host: '127.0.0.1' })).port).toBe(startPort + 1);
  });

  it('refuses a server that is already listening, or begins to while the socket is opened', async () => {
    const server = helloServer();
    await listen(server, reservation);
    await expectFailure(listen(server, reservation), { code: 'ERR_SERVER_ALREADY_LISTEN' });
    const other = helloServer();
    const outcomes = await Promise.allSettled([listen(other, reservation), listen(other, reservation)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await expectSockets(3);
  });

  it('refuses an unknown token, and the address of another machine', async () => {
    await expectAssumed(listen(helloServer(), { protocol: 'tcp', token: 42n }), 'associateUnknownToken', {
      syscall: 'WSAIoctl(SIO_ASSOCIATE_PORT_RESERVATION)',
      token: 42n,
    });
    await expectFailure(listen(helloServer(), reservation, { host: '192.0.2.1' }), {
      code: 'WSAEADDRNOTAVAIL',
      syscall: 'bind',
      host: '192.0.2.1',
    });
    await expectSockets(1);
  });

  it('does not begin when its signal is aborted, and ends without a socket when it is aborted meanwhile', async () => {
    const server = helloServer();
    const reason = new Error('no longer wanted');
    await expect(listen(server, reservation, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const listening = listen(server, reservation, { signal: controller.signal });
    controller.abort(reason);
    await expect(listening).rejects.toBe(reason);
    expect(server.listening).toBe(false);
    // The pending call of Windows ends by itself, and its socket is then closed.
    await expectSockets(1);
  });

  it('closes the server when its signal is aborted later', async () => {
    const server = helloServer();
    const controller = new AbortController();
    await listen(server, reservation, { signal: controller.signal });
    const closed = once(server, 'close');
    controller.abort();
    await closed;
    expect(server.listening).toBe(false);
  });

  steeredIt('keeps the error to its promise: no error event, no unhandled rejection', async () => {
    const server = helloServer();
    let events = 0;
    server.on('error', () => (events += 1));
    await onMachine('failNext', 'bind', 10048);
    await expectFailure(listen(server, reservation), { code: 'WSAEADDRINUSE' });
    expect(events).toBe(0);
  });
});

/**
 * Waits until this suite has this number of sockets on the machine, owners and bound sockets. Windows does not tell.
 */
async function expectSockets(count: number): Promise<void> {
  await expect.poll(async () => countSockets(await savedMachine())).toBe(ring === 'windows' ? undefined : count);
}

function countSockets(saved: SavedMachine | undefined): number | undefined {
  if (saved === undefined) return undefined;
  const ours = saved.sockets.filter(({ id, associated }) => {
    const isOwner = saved.reservations.some((block) => block.owner === id);
    return isOwner || associated !== undefined;
  });
  return ours.length;
}
