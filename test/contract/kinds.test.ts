// SPDX-License-Identifier: MIT
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import net from 'node:net';
import { text } from 'node:stream/consumers';
import tls from 'node:tls';
import { fastify } from 'fastify';
import { Agent, request } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connect, listen, RuntimePortReservation, type ListeningServer } from 'win-port-reservation';
import WebSocket, { WebSocketServer } from 'ws';
import { expectKeptOut } from './assumed.js';
import { bindElsewhere, closeServer } from './ring.js';

// Checks every kind of Node's TCP sockets inside a reservation: bytes go both ways, the port is inside the block, and
// no other process gets it while the block is held.

const key = readFileSync(new URL('fixtures/localhost-key.pem', import.meta.url));
const cert = readFileSync(new URL('fixtures/localhost-cert.pem', import.meta.url));
const host = '127.0.0.1';

let reservation: RuntimePortReservation<'tcp'>;

beforeEach(async () => {
  reservation = await RuntimePortReservation.acquire({ protocol: 'tcp', numberOfPorts: 3 });
});
afterEach(async () => {
  await reservation.release();
});

function expectInside(port: number): void {
  expect(port).toBeGreaterThanOrEqual(reservation.startPort);
  expect(port).toBeLessThan(reservation.startPort + reservation.numberOfPorts);
}

/** Listens, exchanges bytes, and checks from another process whether it may have the port, before and after. */
async function serve(server: ListeningServer, exchange: (port: number) => Promise<string>): Promise<void> {
  const { port } = await listen(server, reservation, { host });
  expectInside(port);
  expect(await exchange(port)).toBe('pong: ping');
  const sibling = port === reservation.startPort ? port + 1 : reservation.startPort;
  await expectKeptOut('tcp', sibling, 'bindInsideRuntimeReservation');
  await closeServer('server' in server ? server.server : server);
  await reservation.release();
  expect(await bindElsewhere('tcp', port)).toBe('bound');
}

function pong(
  request: http.IncomingMessage | http2.Http2ServerRequest,
  response: { end(text: string): unknown },
): void {
  void text(request).then((body) => response.end(`pong: ${body}`));
}

async function post(send: typeof http.request, options: https.RequestOptions): Promise<string> {
  const outgoing = send({ host, method: 'POST', agent: false, ...options });
  outgoing.end('ping');
  const [response] = (await once(outgoing, 'response')) as [http.IncomingMessage];
  return text(response);
}

describe('a server inside a reservation', () => {
  it('can be a net.Server', async () => {
    const server = net.createServer((socket) => {
      void once(socket, 'data').then(([data]) => socket.end(`pong: ${String(data)}`));
    });
    await serve(server, async (port) => {
      const socket = net.connect(port, host);
      socket.write('ping');
      return text(socket);
    });
  });

  it('can be an http.Server', async () => {
    await serve(http.createServer(pong), (port) => post(http.request, { port }));
  });

  it('can be an https.Server', async () => {
    await serve(https.createServer({ key, cert }, pong), (port) => post(https.request, { port, ca: cert }));
  });

  it('can be a tls.Server', async () => {
    const server = tls.createServer({ key, cert }, (socket) => {
      void once(socket, 'data').then(([data]) => socket.end(`pong: ${String(data)}`));
    });
    await serve(server, async (port) => {
      const socket = tls.connect({ host, port, ca: cert });
      socket.write('ping');
      return text(socket);
    });
  });

  it.each(['http', 'https'] as const)('can be an http2 server over %s', async (scheme) => {
    const server = scheme === 'http' ? http2.createServer(pong) : http2.createSecureServer({ key, cert }, pong);
    await serve(server, async (port) => {
      const session = http2.connect(`${scheme}://${host}:${port}`, { ca: cert });
      const stream = session.request({ ':method': 'POST' });
      stream.end('ping');
      const body = await text(stream);
      session.close();
      return body;
    });
  });

  it('can be the server of a WebSocketServer of ws', async () => {
    const server = http.createServer();
    const sockets = new WebSocketServer({ server });
    sockets.on('connection', (socket) => {
      socket.on('message', (data: Buffer) => {
        socket.send(`pong: ${data.toString()}`);
      });
    });
    await serve(server, async (port) => {
      const client = new WebSocket(`ws://${host}:${port}`);
      await once(client, 'open');
      client.send('ping');
      const [data] = (await once(client, 'message')) as [Buffer];
      client.close();
      await once(client, 'close');
      return data.toString();
    });
  });

  it('can be the server of a fastify application, which undici talks to', async () => {
    const app = fastify();
    app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
      done(null, body);
    });
    app.post('/', (request) => `pong: ${String(request.body)}`);
    await app.ready();
    await serve(app, async (port) => {
      // Wine cannot set the keep-alive that undici asks for by default.
      const dispatcher = new Agent({ connect: { keepAlive: false } });
      const { body } = await request(`http://${host}:${port}/`, { method: 'POST', body: 'ping', dispatcher });
      const answer = await body.text();
      await dispatcher.close();
      return answer;
    });
  });
});

describe('a client socket inside a reservation', () => {
  let server: net.Server;
  let serverPort: number;
  let remotePort: number | undefined;

  beforeEach(async () => {
    server = net.createServer((socket) => {
      ({ remotePort } = socket);
      socket.pipe(socket);
    });
    server.listen(0, host);
    await once(server, 'listening');
    serverPort = (server.address() as net.AddressInfo).port;
  });
  afterEach(() => closeServer(server));

  it('connects from a port of the block, its own choice or Windows\u2019', async () => {
    for (const localPort of [0, reservation.startPort + 2]) {
      const socket = await connect(reservation, { host, port: serverPort, localPort });
      socket.end('ping');
      expect(await text(socket)).toBe('ping');
      expectInside(remotePort ?? 0);
      if (localPort !== 0) expect(remotePort).toBe(localPort);
    }
    await expectKeptOut('tcp', reservation.startPort + 1, 'bindInsideRuntimeReservation');
  });

  it('connects to a name, by the first of its addresses that answers', async () => {
    const socket = await connect(reservation, { port: serverPort, noDelay: true });
    expect(socket.remoteAddress).toBe(host);
    socket.end();
    await text(socket);
  });

  it('rejects when no server listens, and gives the port back', async () => {
    await closeServer(server);
    await expect(connect(reservation, { host, port: serverPort })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await reservation.release();
    server.listen(0, host);
    await once(server, 'listening');
  });

  it('gives the port back when any option is wrong', async () => {
    const one = await RuntimePortReservation.acquire({ protocol: 'tcp', numberOfPorts: 1 });
    for (const wrong of [{ timeout: 'soon' }, { highWaterMark: -1 }]) {
      await expect(connect(one, { host, port: serverPort, ...(wrong as object) })).rejects.toThrow();
    }
    const socket = await connect(one, { host, port: serverPort });
    socket.end();
    await text(socket);
    await one.release();
  });

  it('connects from its local address to the address of a name that it can reach from there', async () => {
    const socket = await connect(reservation, { port: serverPort, localAddress: host });
    expect(socket.localAddress).toBe(host);
    socket.destroy();
    await expect(connect(reservation, { host, port: serverPort, localAddress: '::1' })).rejects.toThrow(RangeError);
  });

  it('rejects when it is aborted, before the call and during it', async () => {
    const reason = new Error('no longer wanted');
    const aborted = AbortSignal.abort(reason);
    await expect(connect(reservation, { host, port: serverPort, signal: aborted })).rejects.toBe(reason);
    const controller = new AbortController();
    const connecting = connect(reservation, { host, port: serverPort, signal: controller.signal });
    controller.abort(reason);
    await expect(connecting).rejects.toBe(reason);
  });
});
