// SPDX-License-Identifier: MIT
// Compares http, http2 and ws between Node's own listen and one inside a reservation.
import { once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import net from 'node:net';
import { text } from 'node:stream/consumers';
import { describe } from 'vitest';
import WebSocket, { WebSocketServer } from 'ws';
import { differential, host, turns } from './differential.js';

async function get(options: http.RequestOptions, body?: string): Promise<[http.IncomingMessage, string]> {
  const request = http.request({ host, ...options });
  request.end(body);
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  return [response, await text(response)];
}

/** Sends raw text and returns the whole answer. */
async function raw(port: number, request: string): Promise<string> {
  const socket = net.connect({ port, host, allowHalfOpen: true });
  socket.write(request);
  const answer = await text(socket);
  // Node 24.21 leaves a socket open that may be half open.
  socket.destroy();
  return answer;
}

describe('an http.Server is as with Node', () => {
  differential('answering with headers and a body', ['request', 'response'], async ({ note, listening }) => {
    const server = http.createServer((request, response) => {
      const { method, url, httpVersion } = request;
      note('server', 'request', method, url, httpVersion, request.socket.localAddress);
      response.setHeader('x-kind', 'reserved').writeHead(201);
      request.pipe(response);
    });
    const { port } = await listening(server, { host });
    const [response, body] = await get({ port, method: 'POST', path: '/path', agent: false }, 'ping');
    note('client', 'response', response.statusCode, response.headers['x-kind'], body);
  });

  differential('keeping a connection alive', ['connection', 'request'], async ({ note, listening, follow }) => {
    const server = http.createServer((request, response) => {
      note('server', 'request', request.url);
      response.end('hello');
    });
    follow('server', server, 'connection');
    const { port } = await listening(server, { host });
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    for (const path of ['/1', '/2', '/3']) {
      const [response, body] = await get({ port, path, agent });
      note('client', 'response', response.headers.connection, response.headers['keep-alive'], body);
    }
    agent.destroy();
  });

  differential('closing idle connections only', ['idle closed', 'busy answered', 'close'], async (stage) => {
    const { note, listening, follow } = stage;
    let answer: (() => void) | undefined;
    const server = http.createServer((request, response) => {
      if (request.url === '/busy') answer = () => response.end('at last');
      else response.end('at once');
    });
    const { port } = await listening(server, { host });
    const agents = [new http.Agent({ keepAlive: true }), new http.Agent({ keepAlive: true })] as const;
    const accepted = once(server, 'connection') as Promise<[net.Socket]>;
    await get({ port, path: '/idle', agent: agents[0] });
    const [idle] = await accepted;
    const asked = once(server, 'request');
    const busy = get({ port, path: '/busy', agent: agents[1] });
    await asked;
    follow('server', server, 'close');
    const closed = once(server, 'close');
    const idleClosed = once(idle, 'close');
    // From Node 19 on, close() also closes idle connections.
    server.close();
    server.closeIdleConnections();
    await idleClosed;
    note('idle', 'idle closed', server.listening);
    answer?.();
    note('busy', 'busy answered', (await busy)[1]);
    for (const agent of agents) agent.destroy();
    await closed;
  });

  differential('closing all connections', ['ECONNRESET', 'close'], async ({ note, listening, follow }) => {
    const server = http.createServer();
    const { port } = await listening(server, { host });
    const request = http.get({ host, port, agent: false });
    const failed = once(request, 'error') as Promise<[NodeJS.ErrnoException]>;
    await once(server, 'request');
    follow('server', server, 'close');
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    note('client', String((await failed)[0].code));
    await closed;
  });

  differential('upgrading', ['upgrade', 'echo'], async ({ note, listening }) => {
    const server = http.createServer();
    server.on('upgrade', (request, socket, head) => {
      note('server', 'upgrade', request.headers.upgrade, String(head));
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n');
      socket.pipe(socket);
    });
    const { port } = await listening(server, { host });
    const headers = { connection: 'Upgrade', upgrade: 'echo' };
    const request = http.get({ host, port, agent: false, headers });
    const [response, socket] = (await once(request, 'upgrade')) as [http.IncomingMessage, net.Socket];
    note('client', 'upgrade', response.statusCode);
    socket.end('ping');
    note('client', 'echo', await text(socket));
  });

  differential('connecting as a proxy does', ['connect', 'tunnel'], async ({ note, listening }) => {
    const server = http.createServer();
    server.on('connect', (request, socket) => {
      note('server', 'connect', request.url);
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      socket.pipe(socket);
    });
    const { port } = await listening(server, { host });
    const request = http.request({ host, port, agent: false, method: 'CONNECT', path: 'example.test:443' });
    request.end();
    const [response, socket] = (await once(request, 'connect')) as [http.IncomingMessage, net.Socket];
    note('client', 'connect', response.statusCode);
    socket.end('ping');
    note('client', 'tunnel', await text(socket));
  });

  differential('continuing', ['checkContinue', 'continue'], async ({ note, listening, follow }) => {
    const server = http.createServer();
    server.on('checkContinue', (request: http.IncomingMessage, response: http.ServerResponse) => {
      note('server', 'checkContinue');
      response.writeContinue();
      request.pipe(response);
    });
    const { port } = await listening(server, { host });
    const headers = { expect: '100-continue' };
    const request = http.request({ host, port, method: 'POST', agent: false, headers });
    follow('client', request, 'continue');
    request.flushHeaders();
    await once(request, 'continue');
    request.end('body');
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    note('client', 'body', await text(response));
  });

  differential('refusing what is no HTTP', ['clientError', 'answer'], async ({ note, listening }) => {
    const server = http.createServer();
    server.on('clientError', (error, socket) => {
      note('server', 'clientError', error);
      socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    });
    const { port } = await listening(server, { host });
    note('client', 'answer', await raw(port, 'this is no request\r\n\r\n'));
  });

  differential('answering requests in a row', ['request', 'answers'], async ({ note, listening }) => {
    const server = http.createServer((request, response) => {
      note('server', 'request', request.url);
      response.sendDate = false;
      response.end(request.url);
    });
    const { port } = await listening(server, { host });
    const requests = ['/1', '/2', '/3'].map((path, index) => {
      const connection = index === 2 ? 'close' : 'keep-alive';
      return `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: ${connection}\r\n\r\n`;
    });
    note('client', 'answers', await raw(port, requests.join('')));
  });

  differential('speaking over a socket that was connected before', ['request', 'response'], async (stage) => {
    const { note, listening, connected } = stage;
    const server = http.createServer((request, response) => {
      note('server', 'request', request.url);
      response.end('hello');
    });
    const { port } = await listening(server, { host });
    const socket = await connected({ host, port });
    const [response, body] = await get({ port, path: '/over', createConnection: () => socket });
    note('client', 'response', response.statusCode, body);
  });
});

describe('an http2 server is as with Node', () => {
  differential('with streams and sessions', ['session', 'stream', 'response', 'close'], async (stage) => {
    const { note, listening, follow } = stage;
    const server = http2.createServer();
    server.on('stream', (stream, headers) => {
      note('server', 'stream', headers[':path']);
      stream.respond({ ':status': 202 });
      stream.end(`hello ${String(headers[':path'])}`);
    });
    follow('server', server, 'session');
    const { port } = await listening(server, { host });
    const client = http2.connect(`http://${host}:${port}`);
    await Promise.all(
      ['/1', '/2'].map(async (path) => {
        const stream = client.request({ ':path': path });
        const [headers] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders];
        note(path, 'response', headers[':status'], await text(stream));
      }),
    );
    follow('client', client, 'close');
    const closed = once(client, 'close');
    client.close();
    await closed;
    await turns();
  });

  differential('pushing, pinging and closing the session', ['ping', 'push', 'closed'], async ({ note, listening }) => {
    const server = http2.createServer();
    server.on('stream', (stream) => {
      stream.pushStream({ ':path': '/pushed' }, (_, pushed) => {
        pushed.respond();
        pushed.end('pushed');
      });
      stream.respond();
      stream.end('asked for');
    });
    const sessions = once(server, 'session') as Promise<[http2.ServerHttp2Session]>;
    const { port } = await listening(server, { host });
    const client = http2.connect(`http://${host}:${port}`);
    const pushes = once(client, 'stream') as Promise<[http2.ClientHttp2Stream, http2.IncomingHttpHeaders]>;
    const stream = client.request();
    note('client', 'body', await text(stream));
    const [pushed, headers] = await pushes;
    note('pushed', 'push', headers[':path'], await text(pushed));
    const failure = await new Promise((resolve) => {
      client.ping((error) => {
        resolve(error);
      });
    });
    note('client', 'ping', failure);
    const closed = once(client, 'close');
    (await sessions)[0].close();
    await closed;
    note('client', 'closed', client.closed, client.destroyed);
  });
});

describe('a WebSocketServer of ws is as with Node', () => {
  differential('with messages both ways and a code to close', ['connection', 'message', 'close'], async (stage) => {
    const { note, listening } = stage;
    const server = http.createServer();
    const sockets = new WebSocketServer({ server });
    sockets.on('connection', (socket, request) => {
      note('server', 'connection', request.url);
      socket.on('message', (data: Buffer, isBinary) => {
        note('server', 'message', data.toString(), isBinary);
        socket.send(data, { binary: isBinary });
      });
      socket.on('close', (code, reason) => {
        note('server', 'close', code, String(reason));
      });
    });
    const { port } = await listening(server, { host });
    const client = new WebSocket(`ws://${host}:${port}/chat`);
    await once(client, 'open');
    for (const data of ['text', Buffer.from('bytes')]) {
      const echo = once(client, 'message') as Promise<[Buffer, boolean]>;
      client.send(data);
      const [message, isBinary] = await echo;
      note('client', 'message', message.toString(), isBinary);
    }
    const pong = once(client, 'pong');
    client.ping('beat');
    note('client', 'pong', String((await pong)[0]));
    client.close(4000, 'enough');
    const [code, reason] = (await once(client, 'close')) as [number, Buffer];
    note('client', 'close', code, reason.toString());
    sockets.close();
  });
});
