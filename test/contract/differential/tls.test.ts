// SPDX-License-Identifier: MIT
// Compares tls, https and secure http2 between Node's own listen and connect and those inside a reservation.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import tls from 'node:tls';
import { describe } from 'vitest';
import { differential, host } from './differential.js';

// Certificates for these tests only, valid until 2126, with one key: one for localhost and 127.0.0.1, one for
// other.test.
const fixture = (name: string): Buffer => readFileSync(new URL(`../fixtures/${name}.pem`, import.meta.url));
const key = fixture('localhost-key');
const cert = fixture('localhost-cert');
const otherCert = fixture('other-cert');
const ca = [cert, otherCert];

describe('a tls.Server is as with Node', () => {
  differential('with a certificate by name', ['SNI', 'secure', 'certificate'], async ({ note, listening, own }) => {
    const server = tls.createServer({
      key,
      cert,
      SNICallback: (name, callback) => {
        note('server', 'SNI', name);
        callback(null, name === 'other.test' ? tls.createSecureContext({ key, cert: otherCert }) : undefined);
      },
    });
    server.on('secureConnection', (socket: tls.TLSSocket & { servername?: string | false }) => {
      note('server', 'secure', socket.servername);
      socket.end();
    });
    const { port } = await listening(server, { host });
    for (const servername of ['localhost', 'other.test']) {
      const client = own(tls.connect({ host, port, ca, servername }));
      await once(client, 'secureConnect');
      note('client', 'certificate', client.getPeerCertificate().subject.CN, client.authorized);
      client.resume();
      await once(client, 'close');
    }
  });

  differential('with contexts that were added', ['certificate'], async ({ note, listening, own }) => {
    const server = tls.createServer({ key, cert }, (socket) => socket.end());
    server.addContext('*.test', { key, cert: otherCert });
    const { port } = await listening(server, { host });
    const client = own(tls.connect({ host, port, ca, servername: 'other.test' }));
    await once(client, 'secureConnect');
    note('client', 'certificate', client.getPeerCertificate().subject.CN);
    client.resume();
    await once(client, 'close');
  });

  differential('with a protocol of the application', ['ALPN', 'refused'], async ({ note, listening, own }) => {
    const server = tls.createServer({ key, cert, ALPNProtocols: ['second', 'first'] }, (socket) => {
      note('server', 'ALPN', socket.alpnProtocol);
      socket.end();
    });
    server.on('tlsClientError', () => undefined);
    const { port } = await listening(server, { host });
    for (const ALPNProtocols of [['first'], ['first', 'second']]) {
      const client = own(tls.connect({ host, port, ca, ALPNProtocols }));
      await once(client, 'secureConnect');
      note('client', 'ALPN', client.alpnProtocol);
      client.resume();
      await once(client, 'close');
    }
    const other = own(tls.connect({ host, port, ca, ALPNProtocols: ['third'] }));
    const [error] = (await once(other, 'error')) as [NodeJS.ErrnoException];
    note('client', 'refused', error.code);
  });

  differential('with a client that trusts nobody', ['tlsClientError', 'refused'], async ({ note, listening, own }) => {
    const server = tls.createServer({ key, cert, minVersion: 'TLSv1.3' });
    const failed = once(server, 'tlsClientError');
    const { port } = await listening(server, { host });
    const client = own(tls.connect({ host, port, maxVersion: 'TLSv1.2' }));
    const [error] = (await once(client, 'error')) as [NodeJS.ErrnoException];
    note('client', 'refused', error.code);
    note('server', 'tlsClientError', (await failed)[0]);
    const trusting = own(tls.connect({ host, port }));
    const [untrusted] = (await once(trusting, 'error')) as [NodeJS.ErrnoException];
    note('client', 'refused', untrusted.code);
  });

  differential('with a client that shows a certificate', ['peer'], async ({ note, listening, own }) => {
    const server = tls.createServer({ key, cert, ca, requestCert: true }, (socket) => {
      note('server', 'peer', socket.authorized, socket.getPeerCertificate().subject.CN);
      socket.end();
    });
    const { port } = await listening(server, { host });
    const client = own(tls.connect({ host, port, ca, key, cert: otherCert }));
    client.resume();
    await once(client, 'close');
  });

  differential('over a socket that was connected before', ['secure', 'echo'], async (stage) => {
    const { note, listening, connected, own } = stage;
    const server = tls.createServer({ key, cert }, (socket) => socket.pipe(socket));
    const { port } = await listening(server, { host });
    const client = own(tls.connect({ socket: await connected({ host, port }), ca, servername: 'localhost' }));
    await once(client, 'secureConnect');
    note('client', 'secure', client.authorized, client.encrypted, client.remoteAddress);
    client.end('ping');
    note('client', 'echo', await text(client));
  });
});

describe('an https.Server is as with Node', () => {
  differential('answering over one connection', ['secureConnection', 'response'], async (stage) => {
    const { note, listening, follow } = stage;
    const server = https.createServer({ key, cert }, (request, response) => {
      note('server', 'request', request.url, 'encrypted' in request.socket);
      response.end('hello');
    });
    follow('server', server, 'secureConnection');
    const { port } = await listening(server, { host });
    const agent = new https.Agent({ keepAlive: true, maxSockets: 1, ca });
    for (const path of ['/1', '/2']) {
      const [response] = (await once(https.get({ host, port, path, agent }), 'response')) as [http.IncomingMessage];
      note('client', 'response', response.statusCode, await text(response));
    }
    agent.destroy();
  });
});

describe('a secure http2 server is as with Node', () => {
  differential('falling back to HTTP/1', ['HTTP/2.0', 'HTTP/1.1', 'answer'], async ({ note, listening }) => {
    const server = http2.createSecureServer({ key, cert, allowHTTP1: true }, (request, response) => {
      note('server', `HTTP/${request.httpVersion}`, request.url);
      response.end(request.httpVersion);
    });
    const { port } = await listening(server, { host });
    const session = http2.connect(`https://${host}:${port}`, { ca });
    note('client', 'answer', await text(session.request({ ':path': '/2' })));
    session.close();
    await once(session, 'close');
    const request = https.get({ host, port, path: '/1', ca, agent: false });
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    note('client', 'answer', await text(response));
  });

  differential('refusing HTTP/1', ['HTTP/1.0 403 Forbidden'], async ({ note, listening, own }) => {
    const server = http2.createSecureServer({ key, cert });
    const { port } = await listening(server, { host });
    const client = own(tls.connect({ host, port, ca }));
    client.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const [status] = (await text(client)).split('\r\n');
    note('client', String(status));
  });
});
