// SPDX-License-Identifier: MIT
// Compares how a client socket connects, and what its options do, between Node's own connect and one from a
// reservation.
import { once } from 'node:events';
import net from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe } from 'vitest';
import { isWine } from '../ring.js';
import { differential, host, turns } from './differential.js';

// The server is ordinary both times.
const accepted: net.Socket[] = [];
const server = net.createServer({ allowHalfOpen: true }, (socket) => {
  accepted.push(socket);
  socket.on('error', () => undefined);
  socket.pipe(socket);
});
let port: number;

beforeAll(async () => {
  server.listen(0, '::');
  await once(server, 'listening');
  ({ port } = server.address() as net.AddressInfo);
});
afterAll(async () => {
  for (const socket of accepted) socket.destroy();
  server.close();
  await once(server, 'close');
});

/** Finds a port on which no server listens. */
async function closedPort(): Promise<number> {
  const other = net.createServer().listen(0, host);
  await once(other, 'listening');
  const { port: closed } = other.address() as net.AddressInfo;
  other.close();
  await once(other, 'close');
  return closed;
}

describe('a client socket connects as with Node', () => {
  for (const to of [host, '::1', 'localhost']) {
    differential(`to ${to}`, ['connected', 'echo'], async ({ note, connected }) => {
      const socket = await connected({ host: to, port });
      const { connecting, pending, readyState, destroyed, readable, writable } = socket;
      const { localAddress, localPort, localFamily, remoteAddress, remoteFamily, remotePort } = socket;
      note('client', 'state', { connecting, pending, readyState, destroyed, readable, writable });
      note('client', 'connected', { localAddress, localPort, localFamily });
      note('client', 'peer', remoteAddress, remoteFamily, remotePort === port);
      note('client', 'address', socket.address());
      socket.end('ping');
      note('client', 'echo', await text(socket), socket.bytesRead, socket.bytesWritten);
    });
  }

  differential('from a local address', ['connected'], async ({ note, connected }) => {
    const socket = await connected({ host, port, localAddress: host });
    note('client', 'connected', socket.localAddress, socket.localFamily);
  });

  differential('to a name of one family', ['connected'], async ({ note, connected }) => {
    const socket = await connected({ host: 'localhost', family: 4, port });
    note('client', 'connected', socket.remoteAddress, socket.remoteFamily);
  });

  differential('without listeners of its own', ['listeners'], async ({ note, connected }) => {
    const socket = await connected({ host, port, timeout: 60_000 });
    note(
      'client',
      'listeners',
      ...['connect', 'error', 'close', 'data', 'end', 'timeout', 'lookup', 'ready'].map((event) => [
        event,
        socket.listenerCount(event),
      ]),
    );
  });
});

describe('a client socket fails as with Node', () => {
  differential('where nobody listens', ['ECONNREFUSED'], async ({ note, connect }) => {
    const refused = await closedPort();
    const error = await connect({ host, port: refused }).catch((reason: unknown) => reason);
    const { code, syscall, address, message, name, port: to } = error as NodeJS.ErrnoException & net.AddressInfo;
    // Node leaves out a local address that it was not given.
    const sentence = message.replace(String(refused), 'PORT').replace(/ - Local.*/, '');
    note('client', String(code), syscall, address, name, sentence, to === refused);
  });

  differential('for a name that is not found', ['failed'], async ({ note, connect }) => {
    const error = await connect({ host: 'nowhere.invalid', port }).catch((reason: unknown) => reason);
    const { syscall, hostname } = error as NodeJS.ErrnoException & { hostname: string };
    note('client', 'failed', syscall, hostname);
  });

  differential('from the address of another machine', ['EADDRNOTAVAIL'], async ({ note, connect }) => {
    const error = await connect({ host, port, localAddress: '192.0.2.1' }).catch((reason: unknown) => reason);
    note('client', String((error as NodeJS.ErrnoException).code));
  });

  differential('for options of the wrong kind', ['ERR_INVALID_ARG_TYPE'], async ({ note, connect }) => {
    for (const wrong of [{ timeout: 'soon' }, { host: 1 }, { signal: 1 }]) {
      const error = await connect({ host, port, ...(wrong as object) }).catch((reason: unknown) => reason);
      note('client', String((error as NodeJS.ErrnoException).code), Object.keys(wrong));
    }
  });
});

describe('the options of a client socket work as with Node', () => {
  for (const allowHalfOpen of [true, false]) {
    differential(`half open: ${allowHalfOpen}`, ['end', 'state'], async ({ note, connected, follow }) => {
      const seen = once(server, 'connection') as Promise<[net.Socket]>;
      const socket = await connected({ host, port, allowHalfOpen });
      const [peer] = await seen;
      follow('client', socket, 'end', 'finish', 'close');
      socket.resume();
      const ended = once(socket, 'end');
      const closed = once(socket, 'close');
      peer.end();
      await ended;
      note('client', 'state', socket.allowHalfOpen);
      if (allowHalfOpen) {
        await turns();
        note('client', 'still writable', socket.writable);
        socket.end();
      }
      await closed;
    });
  }

  differential('timeout', ['timeout', 'set'], async ({ note, connected, follow }) => {
    const socket = await connected({ host, port, timeout: 10 });
    note('client', 'set', socket.timeout);
    follow('client', socket, 'close', 'end');
    const timedOut = socket.listenerCount('timeout') === 0 ? once(socket, 'timeout') : Promise.reject(new Error());
    // Writing restarts the timeout, so that it cannot pass before a listener is added.
    socket.write('ping');
    await timedOut;
    note('client', 'timeout', socket.destroyed, socket.writable);
  });

  differential('noDelay and keepAlive', ['setNoDelay'], async ({ note, connected }) => {
    const sample = await connected({ host, port });
    const prototype = Object.getPrototypeOf(Reflect.get(sample, '_handle')) as Record<
      string,
      (...args: unknown[]) => number
    >;
    const { setNoDelay, setKeepAlive } = prototype;
    for (const [name, original] of Object.entries({ setNoDelay, setKeepAlive })) {
      prototype[name] = function (this: unknown, ...args) {
        note('handle', name, ...args);
        return original?.apply(this, args) ?? 0;
      };
    }
    try {
      // Wine cannot set keep-alive.
      const keepAlive = isWine ? {} : { keepAlive: true, keepAliveInitialDelay: 5000 };
      await connected({ host, port, noDelay: true, ...keepAlive });
    } finally {
      Object.assign(prototype, { setNoDelay, setKeepAlive });
    }
  });

  differential('highWaterMark and the like', ['options'], async ({ note, connected }) => {
    const options = { host, port, highWaterMark: 100 };
    const socket = await connected(options);
    const { readableHighWaterMark, writableHighWaterMark, readableFlowing } = socket;
    note('client', 'options', { readableHighWaterMark, writableHighWaterMark, readableFlowing });
  });

  differential('onread', ['read'], async ({ note, connected }) => {
    const chunks: string[] = [];
    const options = {
      host,
      port,
      onread: {
        buffer: Buffer.alloc(4),
        callback(length: number, buffer: Uint8Array) {
          chunks.push(Buffer.from(buffer.subarray(0, length)).toString());
          return true;
        },
      },
    };
    const socket = await connected(options);
    const ended = once(socket, 'end');
    socket.end('0123456789');
    await ended;
    note('client', 'read', chunks.join(''), Math.max(...chunks.map(({ length }) => length)));
  });

  differential('signal, once it is connected', ['ABORT_ERR', 'close'], async ({ note, connected, follow }) => {
    const controller = new AbortController();
    const socket = await connected({ host, port, signal: controller.signal });
    follow('client', socket, 'close');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    const failed = once(socket, 'error') as Promise<[NodeJS.ErrnoException]>;
    controller.abort();
    note('client error', String((await failed)[0].code));
    await closed;
  });
});

describe('a connected socket behaves as with Node', () => {
  differential('reading nothing before it is told to', ['later'], async ({ note, connected }) => {
    const seen = once(server, 'connection') as Promise<[net.Socket]>;
    const socket = await connected({ host, port });
    (await seen)[0].write('early');
    await turns();
    note('client', 'before', socket.readableFlowing, socket.isPaused());
    note('client', 'later', String((await once(socket, 'data'))[0]));
  });

  differential('ending, and writing after the end', ['ERR_STREAM_WRITE_AFTER_END', 'close'], async (stage) => {
    const { note, connected, follow } = stage;
    const socket = await connected({ host, port });
    follow('client', socket, 'finish', 'end', 'close');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.resume().end('ping');
    const failed = once(socket, 'error') as Promise<[NodeJS.ErrnoException]>;
    socket.write('too late');
    note('client error', String((await failed)[0].code));
    await closed;
  });

  differential('connecting again', ['again', 'echo'], async ({ note, connected }) => {
    const socket = await connected({ host, port });
    const closed = once(socket, 'close');
    socket.destroy();
    await closed;
    note('client', 'closed', socket.readyState, socket.localPort, socket.remoteAddress);
    socket.connect({ host, port });
    await once(socket, 'connect');
    note('client', 'again', socket.readyState);
    socket.end('ping');
    note('client', 'echo', String((await once(socket, 'data'))[0]));
  });
});
