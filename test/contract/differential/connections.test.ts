// SPDX-License-Identifier: MIT
// Compares what the options of a net.Server do to its connections between Node's own listen and one inside a
// reservation.
import { once } from 'node:events';
import net from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { describe } from 'vitest';
import { isWine } from '../ring.js';
import { differential, host, turns, type Stage } from './differential.js';

/** Connects a client to a server, and returns both ends. */
async function pair({ own, listening }: Stage, server: net.Server): Promise<[net.Socket, net.Socket]> {
  const { port } = await listening(server, { host });
  const accepted = once(server, 'connection') as Promise<[net.Socket]>;
  const client = own(net.connect({ port, host, allowHalfOpen: true }));
  const [[socket]] = await Promise.all([accepted, once(client, 'connect')]);
  return [client, socket];
}

/** Records the calls with which Node sets options on the handle of a socket. */
function noteHandleCalls({ note }: Stage, socket: net.Socket): () => void {
  const prototype = Object.getPrototypeOf(Reflect.get(socket, '_handle')) as Record<
    string,
    (...args: unknown[]) => number
  >;
  const methods = ['setNoDelay', 'setKeepAlive'] as const;
  const originals = methods.map((name) => [name, prototype[name]] as const);
  for (const [name, original] of originals) {
    prototype[name] = function (this: unknown, ...args) {
      note('handle', name, ...args);
      return original?.apply(this, args) ?? 0;
    };
  }
  return () => Object.assign(prototype, Object.fromEntries(originals));
}

describe('connections of a server are as with Node', () => {
  differential('with addresses at both ends', ['accepted', 'connected'], async (stage) => {
    const [client, socket] = await pair(stage, net.createServer());
    for (const [name, end] of [
      ['accepted', socket],
      ['connected', client],
    ] as const) {
      const { localAddress, localFamily, remoteAddress, remoteFamily } = end;
      const meet = socket.localPort === client.remotePort && socket.remotePort === client.localPort;
      stage.note('ends', name, { localAddress, localFamily, remoteAddress, remoteFamily, meet }, end.address());
    }
  });

  for (const allowHalfOpen of [true, false]) {
    differential(`half open: ${allowHalfOpen}`, ['end', 'client read'], async (stage) => {
      const server = net.createServer({ allowHalfOpen });
      const [client, socket] = await pair(stage, server);
      stage.follow('server', socket, 'end', 'finish', 'close');
      socket.resume();
      const read = text(client);
      const closed = once(socket, 'close');
      const ended = once(socket, 'end');
      client.end('ping');
      await ended;
      stage.note('server', 'allows', socket.allowHalfOpen);
      if (allowHalfOpen) {
        await turns();
        stage.note('server', 'still writable', socket.writable);
        socket.end('written after the end');
      }
      stage.note('client', 'client read', await read);
      await closed;
    });
  }

  differential('paused on connect', ['paused', 'read'], async (stage) => {
    const [client, socket] = await pair(stage, net.createServer({ pauseOnConnect: true }));
    stage.note('server', 'paused', socket.isPaused());
    socket.on('data', (data) => {
      stage.note('server', 'data', String(data));
    });
    client.write('ping');
    await turns();
    stage.note('server', 'still paused', socket.bytesRead);
    const data = once(socket, 'data');
    socket.resume();
    await data;
    stage.note('server', 'read', socket.bytesRead);
  });

  differential('dropped beyond the most that it takes', ['drop', 'count', 'end'], async (stage) => {
    const { note, own } = stage;
    const server = net.createServer((socket) => socket.write('in'));
    server.maxConnections = 1;
    const [first] = await pair(stage, server);
    const drop = once(server, 'drop') as Promise<[net.DropArgument]>;
    const second = own(net.connect(first.remotePort ?? 0, host));
    const [dropped] = await drop;
    note('server', 'drop', dropped);
    second.on('error', () => undefined).resume();
    await once(second, 'close');
    note('second', 'end', second.bytesRead);
    const count = await new Promise((resolve) => {
      server.getConnections((_, number) => {
        resolve(number);
      });
    });
    note('server', 'count', count);
    server.maxConnections = 2;
    const third = own(net.connect(first.remotePort ?? 0, host));
    note('third', 'read', String((await once(third, 'data'))[0]));
  });

  differential('counted', ['connections'], async (stage) => {
    const { note, own, listening } = stage;
    const server = net.createServer();
    const count = () =>
      new Promise((resolve) => {
        server.getConnections((error, number) => {
          resolve([error, number]);
        });
      });
    note('server', 'connections', await count());
    const { port } = await listening(server, { host });
    const accepted: net.Socket[] = [];
    for (let number = 0; number < 3; number += 1) {
      own(net.connect(port, host));
      accepted.push(...((await once(server, 'connection')) as [net.Socket]));
      note('server', 'connections', await count());
    }
    for (const socket of accepted) {
      const closed = once(socket, 'close');
      socket.destroy();
      await closed;
      note('server', 'connections', await count());
    }
  });

  differential('set up as the server says', ['setNoDelay', 'options'], async (stage) => {
    const probe = new net.Socket();
    probe.on('error', () => undefined).connect({ host: 'unused.invalid', port: 1, lookup: () => undefined });
    const undo = noteHandleCalls(stage, probe);
    probe.destroy();
    try {
      // Wine cannot set keep-alive.
      const keepAlive = !isWine;
      const server = net.createServer({ noDelay: true, keepAlive, keepAliveInitialDelay: 5000, highWaterMark: 1000 });
      const [, socket] = await pair(stage, server);
      stage.note('server', 'options', socket.readableHighWaterMark, socket.writableHighWaterMark);
    } finally {
      undo();
    }
  });

  differential('read whole, however much it is', ['read', 'written'], async (stage) => {
    const [client, socket] = await pair(stage, net.createServer());
    const sent = Buffer.alloc(3_000_000, 'reserved ');
    const read = buffer(socket);
    client.end(sent);
    const received = await read;
    stage.note('server', 'read', received.equals(sent), socket.bytesRead);
    stage.note('client', 'written', client.bytesWritten);
  });

  differential('reset', ['ECONNRESET'], async (stage) => {
    const [client, socket] = await pair(stage, net.createServer());
    stage.follow('server', socket, 'end', 'close');
    const failed = once(socket.resume(), 'error') as Promise<[NodeJS.ErrnoException]>;
    client.resetAndDestroy();
    const [{ code, syscall }] = await failed;
    stage.note('server', String(code), syscall);
    await turns();
  });

  differential('ended by the server first', ['end', 'close'], async (stage) => {
    const [client, socket] = await pair(stage, net.createServer());
    stage.follow('client', client, 'end', 'finish', 'close');
    stage.follow('server', socket, 'end', 'finish', 'close');
    client.resume();
    const ended = once(client, 'end');
    socket.resume().end('bye');
    await ended;
    const closed = Promise.all([once(client, 'close'), once(socket, 'close')]);
    client.end();
    await closed;
  });
});

describe('a server whose listener of connection throws', () => {
  differential('goes on, as with Node', ['uncaught', 'connected'], async (stage) => {
    stage.noteUncaught();
    const server = net.createServer();
    server.once('connection', () => {
      throw new Error('of the listener');
    });
    const { port } = await stage.listening(server, { host });
    await once(stage.own(net.connect(port, host)), 'connect');
    await turns();
    const again = stage.own(net.connect(port, host));
    await once(server, 'connection');
    stage.note('server', 'connected', again.destroyed, server.listening);
  });
});
