// SPDX-License-Identifier: MIT
// Compares what Node's own means of observation tell about a socket, between Node's calls and those inside a
// reservation.
import { AsyncLocalStorage, createHook } from 'node:async_hooks';
import dgram from 'node:dgram';
import diagnosticsChannel from 'node:diagnostics_channel';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { text } from 'node:stream/consumers';
import { describe } from 'vitest';
import { notSimulatedIt } from '../needs.js';
import { differential, host, turns } from './differential.js';

const context = new AsyncLocalStorage<string>();

describe('the async context is that of Node', () => {
  differential('of the handlers of a server', ['listening', 'connection', 'data', 'close'], async (stage) => {
    const { note, listen, own } = stage;
    const here = (actor: string, event: string) => () => {
      note(actor, event, context.getStore());
    };
    const server = context.run('create', () => own(net.createServer()));
    server.on('listening', here('server', 'listening'));
    server.on('close', here('server', 'close'));
    server.on('connection', (socket) => {
      here('server', 'connection')();
      socket
        .on('data', here('accepted', 'data'))
        .on('end', here('accepted', 'end'))
        .on('close', here('accepted', 'close'));
    });
    const listening = once(server, 'listening');
    context.run('listen', () => {
      listen(server, { host });
    });
    await listening;
    const { port } = server.address() as net.AddressInfo;
    const client = context.run('client', () => own(net.connect(port, host)));
    const closed = Promise.all([once(client, 'close'), once(server, 'close')]);
    client.end('ping');
    client.resume();
    await once(server, 'connection');
    context.run('close', () => server.close());
    await closed;
  });

  differential('of requests', ['request', 'body'], async ({ note, listen, own }) => {
    const server = own(http.createServer());
    server.on('request', (request: http.IncomingMessage, response: http.ServerResponse) => {
      note('server', 'request', context.getStore());
      context.enterWith(String(request.url));
      request.resume().on('end', () => {
        note('server', 'body', context.getStore());
        response.end();
      });
    });
    const listening = once(server, 'listening');
    context.run('listen', () => {
      listen(server, { host });
    });
    await listening;
    const { port } = server.address() as net.AddressInfo;
    for (const path of ['/1', '/2']) {
      const request = http.request({ host, port, path, method: 'POST', agent: false });
      request.end('body');
      const [response] = (await once(request, 'response')) as [http.IncomingMessage];
      await text(response);
    }
  });

  differential('of the handlers of a UDP socket', ['listening', 'message', 'close'], async ({ note, bind, own }) => {
    const here = (event: string) => () => {
      note('socket', event, context.getStore());
    };
    const socket = context.run('create', () => own(dgram.createSocket('udp4')));
    for (const event of ['listening', 'message', 'close']) socket.on(event, here(event));
    const listening = new Promise((resolve) => socket.once('listening', resolve));
    context.run('bind', () => {
      bind(socket, { host });
    });
    await listening;
    const client = own(dgram.createSocket('udp4'));
    const heard = once(socket, 'message');
    context.run('client', () => {
      client.send('ping', socket.address().port, host);
    });
    await heard;
    const closed = once(socket, 'close');
    context.run('close', () => socket.close());
    await closed;
  });

  differential('of what sends datagrams', ['sent'], async ({ note, bound }) => {
    const socket = context.run('create', () => dgram.createSocket('udp4'));
    const { port } = await bound(socket, { host });
    const sent = new Promise<void>((resolve) => {
      context.run('send', () => {
        socket.send('ping', port, host, () => {
          note('socket', 'sent', context.getStore());
          resolve();
        });
      });
    });
    await sent;
  });

  differential('of the handlers of a client socket', ['data', 'end', 'close'], async ({ note, connect, own }) => {
    const server = own(net.createServer((socket) => socket.pipe(socket)));
    server.listen(0, host);
    await once(server, 'listening');
    const { port } = server.address() as net.AddressInfo;
    const socket = own(await context.run('connect', () => connect({ host, port })));
    const here = (event: string) => () => {
      note('client', event, context.getStore());
    };
    socket.on('data', here('data')).on('end', here('end')).on('close', here('close'));
    const closed = once(socket, 'close');
    context.run('write', () => socket.end('ping'));
    await closed;
  });
});

describe('the resources of the process are those of Node', () => {
  /** Counts the resources of each kind that are there now and were not before. */
  function more(before: readonly string[]): Record<string, number> {
    const kinds = ['TCPServerWrap', 'TCPSocketWrap', 'UDPWrap', 'TCPWrap'];
    const count = (all: readonly string[], kind: string) => all.filter((each) => each === kind).length;
    const now = process.getActiveResourcesInfo();
    return Object.fromEntries(kinds.map((kind) => [kind, count(now, kind) - count(before, kind)]));
  }

  differential('by kind', ['server', 'udp', 'client', 'unref'], async ({ note, listening, bound, connected, own }) => {
    await turns(); // closed resources are gone
    const start = process.getActiveResourcesInfo();
    const server = net.createServer();
    const { port } = await listening(server, { host });
    note('process', 'server', more(start));
    const socket = dgram.createSocket('udp4');
    await bound(socket, { host });
    note('process', 'udp', more(start));
    const accepted = once(server, 'connection') as Promise<[net.Socket]>;
    const client = await connected({ host, port });
    await accepted;
    note('process', 'client', more(start));
    client.unref();
    socket.unref();
    server.unref();
    note('process', 'unref', more(start));
    own(client);
  });

  differential(
    'as async_hooks names them',
    ['init'],
    async ({ note, listen, bind, connect, own }) => {
      const seen = new Map<string, number>();
      const hook = createHook({
        init: (_, type) => {
          if (/^(TCP|UDP)/.test(type)) seen.set(type, (seen.get(type) ?? 0) + 1);
        },
      });
      const server = own(net.createServer());
      const socket = own(dgram.createSocket('udp4'));
      const [listening, bound] = [once(server, 'listening'), once(socket, 'listening')];
      hook.enable();
      listen(server, { host });
      bind(socket, { host });
      await Promise.all([listening, bound]);
      const accepted = once(server, 'connection');
      own(await connect({ host, port: (server.address() as net.AddressInfo).port }));
      await accepted;
      hook.disable();
      for (const type of [...seen.keys()].sort()) note('hook', 'init', type, seen.get(type));
    },
    notSimulatedIt('sockets for which nobody opens handles of Node besides'),
  );
});

describe('diagnostics channels publish the same as with Node', () => {
  /** Records what is published during an action. */
  async function heard(
    names: readonly string[],
    hear: (name: string, message: Record<string, unknown>) => void,
    work: () => Promise<void>,
  ): Promise<void> {
    const listeners = names.map((name) => {
      const listener = (message: unknown): void => {
        hear(name, message as Record<string, unknown>);
      };
      diagnosticsChannel.subscribe(name, listener);
      return [name, listener] as const;
    });
    try {
      await work();
      await turns();
    } finally {
      for (const [name, listener] of listeners) diagnosticsChannel.unsubscribe(name, listener);
    }
  }

  const channels = ['net.server.socket', 'net.client.socket', 'udp.socket'];

  differential('of sockets', channels, async ({ note, listening, bound, connected }) => {
    const ours: unknown[] = [];
    const hear = (name: string, { socket }: Record<string, unknown>): void => {
      const expectedClass = name === 'udp.socket' ? dgram.Socket : net.Socket;
      note(name, name, socket instanceof expectedClass);
      ours.push(socket);
    };
    await heard(channels, hear, async () => {
      const server = net.createServer();
      const accepted = once(server, 'connection') as Promise<[net.Socket]>;
      const { port } = await listening(server, { host });
      const client = await connected({ host, port });
      const [socket] = await accepted;
      const udp = dgram.createSocket('udp4');
      await bound(udp, { host });
      note('process', 'the same', ours.includes(client), ours.includes(socket), ours.includes(udp), ours.length);
    });
  });

  const events = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'].map(
    (event) => `tracing:net.server.listen:${event}`,
  );

  differential('of a server that listens', ['tracing:net.server.listen:asyncEnd'], async ({ note, listening }) => {
    const server = net.createServer();
    const hear = (name: string, message: Record<string, unknown>): void => {
      const { options } = message as { options?: net.ListenOptions };
      note('channel', name, message['server'] === server, options?.host, typeof options?.port, message['error']);
    };
    await heard(events, hear, async () => {
      await listening(server, { host });
    });
  });
});
