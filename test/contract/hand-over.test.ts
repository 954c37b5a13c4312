// SPDX-License-Identifier: MIT
import { AsyncLocalStorage } from 'node:async_hooks';
import dgram from 'node:dgram';
import { lookup } from 'node:dns';
import diagnosticsChannel from 'node:diagnostics_channel';
import { once } from 'node:events';
import net from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bind, listen, RuntimePortReservation, type Protocol } from 'win-port-reservation';
import { bindElsewhere, closeServer, expectFailure, startChild } from './ring.js';

// Checks that a socket handed to Node behaves as one of Node's own: the same events, the same contexts, the same owner
// that closes it.

const host = '127.0.0.1';
let tcp: RuntimePortReservation<'tcp'>;
let udp: RuntimePortReservation<'udp'>;

beforeEach(async () => {
  tcp = await RuntimePortReservation.acquire({ protocol: 'tcp', numberOfPorts: 8 });
  udp = await RuntimePortReservation.acquire({ protocol: 'udp', numberOfPorts: 8 });
});
afterEach(async ({ task }) => {
  const released = Promise.all([tcp.release(), udp.release()]);
  // They wait for the sockets inside, which a test that failed has left open.
  if (task.result?.state !== 'fail') await released;
});

describe('a failure while Node takes over a socket', () => {
  const refused = { outcome: 'thrown by the wrapper', uncaught: [], open: false, closed: 'closed' };
  it.each([
    ['udp', 'size', { outcome: 'ERR_SOCKET_BUFFER_SIZE', uncaught: [], open: false, closed: 'closed' }],
    ['udp', 'throw', { outcome: 'taken', uncaught: ['thrown by the listener'], open: true, closed: 'closed' }],
    ['udp', 'refuse', { ...refused, closed: 'ERR_SOCKET_DGRAM_NOT_RUNNING' }],
    ['udp', 'late', { outcome: 'taken', uncaught: ['thrown by the wrapper'], open: true, closed: 'closed' }],
    ['tcp', 'throw', { outcome: 'taken', uncaught: ['thrown by the listener'], open: true, closed: 'closed' }],
    ['tcp', 'refuse', refused],
    ['tcp', 'late', refused],
  ] as const)('%s %s: leaves the process alive, and the socket to its owner', async (protocol, way, expected) => {
    const child = startChild('fail-in-listening.mjs', protocol, way);
    expect(await child.next()).toEqual(expected);
    expect(await child.exited).toBe(0);
  });

  it('leaves a socket that was refused for its buffer sizes unbound, and open', async () => {
    for (const name of ['recvBufferSize', 'sendBufferSize']) {
      const socket = dgram.createSocket({ type: 'udp4', [name]: 0x8000_0000 });
      await expect(bind(socket, udp)).rejects.toMatchObject({ code: 'ERR_SOCKET_BUFFER_SIZE' });
      expect(() => socket.address()).toThrow();
      socket.close();
    }
    const socket = dgram.createSocket({ type: 'udp4', recvBufferSize: 20_000 });
    await bind(socket, udp);
    expect(socket.getRecvBufferSize()).toBeGreaterThanOrEqual(20_000);
    socket.close();
  });

  it('is refused for a socket that Node is about to bind', async () => {
    const socket = dgram.createSocket('udp4');
    const bound = once(socket, 'listening');
    socket.bind(0, host);
    await expectFailure(bind(socket, udp), { code: 'ERR_SOCKET_ALREADY_BOUND' });
    await bound;
    socket.close();
  });
});

describe('a server that begins to listen', () => {
  it('has no listener of this package while its own run', async () => {
    const server = net.createServer();
    let thrown: unknown;
    server.once('listening', () => {
      expect([server.listenerCount('error'), server.listenerCount('close')]).toEqual([0, 0]);
      try {
        server.emit('error', new Error('emitted in listening'));
      } catch (error) {
        thrown = error;
      }
    });
    await listen(server, tcp, { host });
    expect(thrown).toMatchObject({ message: 'emitted in listening' });
    await closeServer(server);
  });

  it('is not reported to listen in the reservation when a listener makes it listen elsewhere', async () => {
    const server = net.createServer();
    server.once('listening', () => {
      server.close();
      server.listen(0, host);
    });
    const again = once(server, 'close');
    await expectFailure(listen(server, tcp, { host }), { code: 'ERR_SERVER_CLOSED' });
    await again;
    if (!server.listening) await once(server, 'listening');
    const { port } = server.address() as net.AddressInfo;
    expect(port < tcp.startPort || port >= tcp.startPort + tcp.numberOfPorts).toBe(true);
    await closeServer(server);
  });

  it('is closed when a listener closes it, or the caller does before it listens', async () => {
    const server = net.createServer();
    server.once('listening', () => server.close());
    await expectFailure(listen(server, tcp, { host }), { code: 'ERR_SERVER_CLOSED' });
    const listening = listen(server, tcp, { host });
    server.close();
    await expectFailure(listening, { code: 'ERR_SERVER_CLOSED' });
    expect(server.listening).toBe(false);
    await tcp.release();
    expect(await bindElsewhere('tcp', tcp.startPort)).toBe('bound');
  });

  it('is closed with the reason of a signal that a listener aborts', async () => {
    const reason = new Error('no longer wanted');
    const controller = new AbortController();
    const server = net.createServer();
    server.once('listening', () => {
      controller.abort(reason);
    });
    await expect(listen(server, tcp, { host, signal: controller.signal })).rejects.toBe(reason);
    expect(server.listening).toBe(false);
  });
});

it('a signal that a listener aborts closes the socket that it bound', async () => {
  const controller = new AbortController();
  const socket = dgram.createSocket('udp4');
  socket.once('listening', () => {
    controller.abort();
  });
  const closed = once(socket, 'close');
  await bind(socket, udp, { host, signal: controller.signal });
  await closed;
});

it('a signal that is aborted after the socket was closed does nothing', async () => {
  const controller = new AbortController();
  const socket = dgram.createSocket('udp4');
  await bind(socket, udp, { host, signal: controller.signal });
  const closed = once(socket, 'close');
  socket.close();
  controller.abort();
  await closed;
});

describe.each(['tcp', 'udp'] as const)('async contexts of %s', (protocol) => {
  it('are those of sockets of Node', async () => {
    const ours = await contextsOf(protocol, async (socket) => {
      if (socket instanceof net.Server) return (await listen(socket, tcp, { host })).port;
      return (await bind(socket, udp, { host })).port;
    });
    const nodes = await contextsOf(protocol, async (socket) => {
      const listening = once(socket, 'listening');
      if (socket instanceof net.Server) socket.listen(0, host);
      else socket.bind(0, host);
      await listening;
      return (socket.address() as net.AddressInfo).port;
    });
    expect(ours).toEqual(nodes);
  });
});

/**
 * Returns the context in which the listeners of a socket run: that of its creation, or that of the call that made it
 * listen.
 */
async function contextsOf(
  protocol: Protocol,
  start: (socket: net.Server | dgram.Socket) => Promise<number>,
): Promise<Record<string, unknown>> {
  const context = new AsyncLocalStorage<string>();
  const heard: Record<string, unknown> = {};
  const socket = context.run('made', () => (protocol === 'tcp' ? net.createServer() : dgram.createSocket('udp4')));
  const event = protocol === 'tcp' ? 'connection' : 'message';
  const received = new Promise<net.Socket | Buffer>((resolve) => {
    socket.once('listening', () => (heard['listening'] = context.getStore()));
    socket.once('close', () => (heard['close'] = context.getStore()));
    socket.once(event, (what: net.Socket | Buffer) => {
      heard[event] = context.getStore();
      resolve(what);
    });
  });
  const port = await context.run('started', () => start(socket));
  const client = context.run('client', () =>
    protocol === 'tcp' ? net.connect(port, host) : dgram.createSocket('udp4'),
  );
  if (client instanceof dgram.Socket) client.send('ping', port, host);
  const what = await received;
  if (what instanceof net.Socket) what.destroy();
  if (client instanceof net.Socket) client.destroy();
  else client.close();
  const closed = once(socket, 'close');
  context.run('closed', () => socket.close());
  await closed;
  return heard;
}

describe('a dgram.Socket', () => {
  it('looks up a host with the function it was created with', async () => {
    const asked: unknown[] = [];
    const socket = dgram.createSocket({
      type: 'udp4',
      lookup: ((name: string, family: number, callback: (error: Error | null, address: string) => void) => {
        asked.push([name, family]);
        callback(null, host);
      }) as unknown as typeof lookup,
    });
    expect(await bind(socket, udp, { host: 'name.invalid' })).toMatchObject({ address: host });
    expect(asked).toEqual([['name.invalid', 4]]);
    socket.close();
  });

  it('receives what it sends to itself', async () => {
    const socket = dgram.createSocket('udp4');
    await bind(socket, udp, { host });
    const arrived = once(socket, 'message');
    socket.send('to myself', socket.address().port, host);
    expect(String((await arrived)[0])).toBe('to myself');
    socket.close();
  });
});

it('sockets count among what keeps the process alive as they did before, and once', async () => {
  const child = startChild('count-handles.mjs');
  expect(await child.next()).toEqual({
    'a socket': { UDPWrap: 1 },
    'without ref': {},
    'bound without ref': {},
    'bound with ref': { UDPWrap: 1 },
    'a server': { TCPServerWrap: 1 },
    'a client': { TCPServerWrap: 1, TCPSocketWrap: 2 },
  });
  expect(await child.exited).toBe(0);
});

describe('the diagnostics channels of Node', () => {
  it('publish the sockets of the program, and no others', async () => {
    const child = startChild('watch-channels.mjs');
    expect(await child.next()).toEqual([
      ['net.client.socket', 'client'],
      ['net.server.socket', 'accepted'],
      ['udp.socket', 'datagrams'],
    ]);
    expect(await child.exited).toBe(0);
  });

  it('publish where a server is about to listen', async () => {
    const heard: unknown[] = [];
    const onStart = (message: unknown): void => {
      heard.push(message);
    };
    diagnosticsChannel.subscribe('tracing:net.server.listen:asyncStart', onStart);
    const server = net.createServer();
    const { port } = await listen(server, tcp, { port: tcp.startPort, host });
    diagnosticsChannel.unsubscribe('tracing:net.server.listen:asyncStart', onStart);
    expect(heard).toEqual([{ server, options: expect.objectContaining({ port, host }) as object }]);
    await closeServer(server);
  });
});
