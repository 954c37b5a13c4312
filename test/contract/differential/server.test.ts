// SPDX-License-Identifier: MIT
// Compares how a net.Server begins to listen, and ends, between Node's own listen and one inside a reservation.
import { once } from 'node:events';
import net from 'node:net';
import { text } from 'node:stream/consumers';
import { describe } from 'vitest';
import { differential, host, turns, type Stage } from './differential.js';

/** Records whether a client can connect, and what it reads. */
async function visit({ note }: Stage, options: net.TcpNetConnectOpts): Promise<void> {
  const socket = net.connect(options);
  try {
    note('client', 'read', options.host, await text(socket));
  } catch (error) {
    note('client', 'failed', options.host, error);
  }
}

function greeter(): net.Server {
  return net.createServer((socket) => socket.end('hello'));
}

describe('a server begins to listen as with Node', () => {
  differential('on all addresses, of both families', ['address', 'read'], async (stage) => {
    const { note, listening } = stage;
    const address = await listening(greeter());
    note('server', 'address', address);
    for (const to of [host, '::1']) await visit(stage, { host: to, port: address.port });
  });

  differential('on all addresses of IPv6 only', ['address', 'read', 'failed'], async (stage) => {
    const { note, listening } = stage;
    const address = await listening(greeter(), { host: '::', ipv6Only: true });
    note('server', 'address', address);
    for (const to of [host, '::1']) await visit(stage, { host: to, port: address.port });
  });

  for (const at of [host, '0.0.0.0', '::', '::1', 'localhost']) {
    differential(`on ${at}`, ['address', 'read'], async (stage) => {
      const address = await stage.listening(greeter(), { host: at });
      stage.note('server', 'address', address);
      await visit(stage, { host: address.family === 'IPv6' ? '::1' : host, port: address.port });
    });
  }

  differential(
    'without listeners of its own',
    ['in the event', 'listeners', 'after'],
    async ({ note, listen, own }) => {
      const server = own(net.createServer());
      const { length: plainly } = server.eventNames();
      server.once('listening', () => {
        note('server', 'in the event', server.listening, server.address());
        note('server', 'listeners', server.eventNames().length - plainly);
      });
      listen(server, { host });
      await once(server, 'listening');
      await turns();
      note('server', 'after', server.eventNames().length - plainly);
    },
  );
});

describe('a server that cannot listen fails as with Node', () => {
  differential('on a port that is in use, and listens on another', ['EADDRINUSE', 'address'], async (stage) => {
    const { note, listening, listen, own } = stage;
    const { port } = await listening(net.createServer(), { host });
    const second = own(net.createServer());
    listen(second, { host, port });
    const [error] = (await once(second, 'error')) as [NodeJS.ErrnoException];
    note('second', String(error.code), second.listening, second.address());
    note('second', 'address', await listening(second, { host }));
  });

  differential('on the address of another machine', ['EADDRNOTAVAIL'], async ({ note, listen, own }) => {
    const server = own(net.createServer());
    listen(server, { host: '192.0.2.1' });
    const [error] = (await once(server, 'error')) as [NodeJS.ErrnoException];
    note('server', String(error.code), server.listening, server.address());
  });

  differential('on a name that is not found', ['ENOTFOUND'], async ({ note, listen, own }) => {
    const server = own(net.createServer());
    listen(server, { host: 'nowhere.invalid' });
    const [error] = (await once(server, 'error')) as [NodeJS.ErrnoException & { hostname?: string }];
    // Offline, the resolver may say EAI_AGAIN.
    note('server', 'ENOTFOUND', error.syscall, error.hostname, server.listening);
  });

  differential('when it listens already', ['ERR_SERVER_ALREADY_LISTEN'], async ({ note, listening, listen }) => {
    const server = net.createServer();
    await listening(server, { host });
    const failed = once(server, 'error');
    listen(server, { host });
    const [error] = (await failed) as [NodeJS.ErrnoException];
    note('server', String(error.code), server.listening);
  });

  differential('for a signal that is aborted already', ['quiet'], async ({ note, listen, own, follow }) => {
    const server = own(net.createServer());
    follow('server', server, 'listening', 'error');
    listen(server, { host, signal: AbortSignal.abort() });
    await turns();
    note('server', 'quiet', server.listening, server.address());
  });
});

describe('a handler of listening works as with Node', () => {
  differential('when it throws', ['uncaught', 'afterwards'], async ({ note, listen, own, noteUncaught }) => {
    noteUncaught();
    const server = own(net.createServer());
    server.once('listening', () => {
      note('server', 'throws');
      throw new Error('of the listener');
    });
    const heard = new Promise((resolve) => server.prependOnceListener('listening', resolve));
    listen(server, { host });
    await heard;
    await turns();
    note('server', 'afterwards', server.listening, server.address());
  });

  differential('when it emits an error that nobody hears', ['uncaught', 'afterwards'], async (stage) => {
    const { note, listen, own, noteUncaught } = stage;
    noteUncaught();
    const server = own(net.createServer());
    const heard = new Promise((resolve) => server.prependOnceListener('listening', resolve));
    server.once('listening', () => server.emit('error', new Error('of the listener')));
    listen(server, { host });
    await heard;
    await turns();
    note('server', 'afterwards', server.listening, server.address());
  });

  differential('when it emits an error that is heard', ['error', 'afterwards'], async ({ note, listen, own }) => {
    const server = own(net.createServer());
    server.on('error', (error) => {
      note('server', 'error', error);
    });
    const heard = new Promise((resolve) => server.once('listening', resolve));
    server.once('listening', () => server.emit('error', new Error('of the listener')));
    listen(server, { host });
    await heard;
    await turns();
    const { port } = server.address() as net.AddressInfo;
    note('server', 'afterwards', server.listening);
    const client = net.connect(port, host);
    note('client', 'connected', await once(client, 'connect'));
    client.destroy();
  });

  differential('when it closes the server', ['listening', 'close', 'afterwards'], async (stage) => {
    const { note, listen, own, follow } = stage;
    const server = own(net.createServer());
    follow('server', server, 'listening', 'close', 'error');
    server.once('listening', () =>
      server.close((error) => {
        note('server', 'closed', error);
      }),
    );
    const closed = once(server, 'close');
    listen(server, { host });
    await closed;
    await turns();
    note('server', 'afterwards', server.listening, server.address());
  });

  differential('when it closes the server and listens again', ['listening', 'close', 'afterwards'], async (stage) => {
    const { note, listen, own, follow } = stage;
    const server = own(net.createServer());
    follow('server', server, 'listening', 'close', 'error');
    const again = new Promise<void>((resolve) => {
      server.once('listening', () => {
        server.close();
        listen(server, { host });
        server.once('listening', resolve);
      });
    });
    listen(server, { host });
    await again;
    await turns();
    note('server', 'afterwards', server.listening, server.address());
    const client = net.connect((server.address() as net.AddressInfo).port, host);
    note('client', 'connected', await once(client, 'connect'));
    client.destroy();
  });
});

describe('a server ends as with Node', () => {
  differential('after its last connection', ['close', 'closed'], async ({ note, listening, follow, own }) => {
    const server = net.createServer((socket) => socket.resume());
    const { port } = await listening(server, { host });
    const client = own(net.connect(port, host));
    await once(server, 'connection');
    follow('server', server, 'close');
    server.close((error) => {
      note('server', 'closed', error);
    });
    await turns();
    note('server', 'waits', server.listening, server.address());
    const closed = once(server, 'close');
    client.end();
    await closed;
  });

  differential('and can listen again', ['first', 'second', 'failed'], async (stage) => {
    const { note, listening } = stage;
    const server = greeter();
    for (const life of ['first', 'second', 'third']) {
      const { port } = await listening(server, { host });
      note('server', life, server.listening);
      await visit(stage, { host, port });
      const closed = once(server, 'close');
      server.close();
      await closed;
      await visit(stage, { host, port });
    }
  });

  differential('with an error when it did not listen', ['ERR_SERVER_NOT_RUNNING'], async ({ note, listening }) => {
    const server = net.createServer();
    await listening(server, { host });
    for (let times = 0; times < 2; times += 1) {
      const error = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => server.close(resolve));
      note('server', String(error?.code), server.listening);
    }
  });

  differential('by a signal', ['close', 'afterwards'], async ({ note, listening, follow }) => {
    const server = net.createServer();
    const controller = new AbortController();
    await listening(server, { host, signal: controller.signal });
    follow('server', server, 'close', 'error');
    const closed = once(server, 'close');
    controller.abort();
    await closed;
    await turns();
    note('server', 'afterwards', server.listening, server.address());
  });

  differential('by disposal', ['close'], async ({ listening, follow }) => {
    const server = net.createServer();
    await listening(server, { host });
    follow('server', server, 'close');
    await server[Symbol.asyncDispose]();
  });
});
