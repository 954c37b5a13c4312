// SPDX-License-Identifier: MIT
// Compares how a dgram.Socket is bound, and how it ends, between Node's own bind and one inside a reservation.
import dgram from 'node:dgram';
import { lookup } from 'node:dns';
import { once } from 'node:events';
import { describe } from 'vitest';
import { notUnderWineIt } from '../needs.js';
import { differential, host, turns, type Stage } from './differential.js';

/** Records one datagram that a socket receives from an ordinary socket. */
async function hear({ note, own }: Stage, socket: dgram.Socket, to = host): Promise<void> {
  const client = own(dgram.createSocket(to.includes(':') ? 'udp6' : 'udp4'));
  const heard = once(socket, 'message') as Promise<[Buffer, dgram.RemoteInfo]>;
  client.send('ping', socket.address().port, to);
  const [message, { address, family, size }] = await heard;
  note('socket', 'message', message.toString(), { address, family, size });
}

describe('a UDP socket is bound as with Node', () => {
  for (const [type, at, to] of [
    ['udp4', undefined, host],
    ['udp4', host, host],
    ['udp4', 'localhost', host],
    ['udp6', undefined, '::1'],
    ['udp6', undefined, host],
    ['udp6', '::1', '::1'],
  ] as const) {
    differential(`${type} on ${at ?? 'all addresses'}, heard on ${to}`, ['address', 'message'], async (stage) => {
      const socket = dgram.createSocket(type);
      stage.note('socket', 'address', await stage.bound(socket, { host: at }));
      await hear(stage, socket, to);
    });
  }

  differential('to IPv6 only', ['address', 'message'], async (stage) => {
    const socket = dgram.createSocket({ type: 'udp6', ipv6Only: true });
    const address = await stage.bound(socket);
    stage.note('socket', 'address', address);
    // This is sent first, so it would arrive first.
    const other = stage.own(dgram.createSocket('udp4'));
    await new Promise((resolve) => {
      other.send('over IPv4', address.port, host, resolve);
    });
    await hear(stage, socket, '::1');
  });

  differential('with the lookup that it was created with', ['lookup', 'address'], async (stage) => {
    const names: string[] = [];
    const socket = dgram.createSocket({
      type: 'udp4',
      lookup: (name, options, callback) => {
        names.push(name);
        lookup(name === 'made-up.test' ? 'localhost' : name, options as never, callback as never);
      },
    });
    stage.note('socket', 'address', await stage.bound(socket, { host: 'made-up.test' }));
    stage.note('socket', 'lookup', ...names);
  });

  differential('without listeners of its own', ['listeners'], async ({ note, bound }) => {
    const socket = dgram.createSocket('udp4');
    socket.once('listening', () => {
      note('socket', 'in the event', socket.listenerCount('error'), socket.listenerCount('close'));
    });
    await bound(socket, { host });
    await turns();
    note('socket', 'listeners', socket.listenerCount('error'), socket.listenerCount('close'));
  });

  differential('with the sizes of its buffers', ['sizes'], async ({ note, bound }) => {
    const socket = dgram.createSocket({ type: 'udp4', recvBufferSize: 20_000, sendBufferSize: 10_000 });
    await bound(socket, { host });
    // Linux doubles the size that it is given; Windows does not.
    note('socket', 'sizes', socket.getRecvBufferSize(), socket.getSendBufferSize());
    socket.setRecvBufferSize(30_000);
    note('socket', 'sizes', socket.getRecvBufferSize(), socket.getSendQueueSize(), socket.getSendQueueCount());
  });
});

describe('a UDP socket that cannot be bound fails as with Node', () => {
  differential('on a port that is in use, and is bound to another', ['EADDRINUSE', 'address'], async (stage) => {
    const { note, bind, bound, own } = stage;
    const { port } = await bound(dgram.createSocket('udp4'), { host });
    const second = own(dgram.createSocket('udp4'));
    bind(second, { host, port });
    note('second', String(((await once(second, 'error')) as [NodeJS.ErrnoException])[0].code));
    note('second', 'address', await bound(own(dgram.createSocket('udp4')), { host }));
  });

  differential(
    'on the address of another machine',
    ['EADDRNOTAVAIL'],
    async ({ note, bind, own }) => {
      const socket = own(dgram.createSocket('udp4'));
      bind(socket, { host: '192.0.2.1' });
      note('socket', String(((await once(socket, 'error')) as [NodeJS.ErrnoException])[0].code));
    },
    notUnderWineIt('a system that refuses a UDP socket the address of another machine'),
  );

  differential('when it is bound', ['ERR_SOCKET_ALREADY_BOUND'], async ({ note, bind, bound }) => {
    const socket = dgram.createSocket('udp4');
    await bound(socket, { host });
    const failed = once(socket, 'error') as Promise<[NodeJS.ErrnoException]>;
    bind(socket, { host });
    note('socket', String((await failed)[0].code));
  });

  differential('when it is closed', ['ERR_SOCKET_DGRAM_NOT_RUNNING'], async ({ note, bind, bound }) => {
    const socket = dgram.createSocket('udp4');
    await bound(socket, { host });
    const closed = once(socket, 'close');
    socket.close();
    await closed;
    const failed = once(socket, 'error') as Promise<[NodeJS.ErrnoException]>;
    bind(socket, { host });
    note('socket', String((await failed)[0].code));
  });

  for (const option of ['recvBufferSize', 'sendBufferSize'] as const) {
    differential(`with a ${option} that the system refuses`, ['ERR_SOCKET_BUFFER_SIZE', 'closed'], async (stage) => {
      const { note, bind, noteUncaught } = stage;
      const socket = dgram.createSocket({ type: 'udp4', [option]: 0x8000_0000 });
      // Node throws the error where no caller can catch it; this package's bind() rejects.
      const failed = new Promise<NodeJS.ErrnoException>((resolve) => {
        noteUncaught(resolve);
        socket.once('error', resolve);
      });
      bind(socket, { host });
      note('socket', String((await failed).code));
      await turns();
      await new Promise<void>((resolve) => socket.close(resolve));
      note('socket', 'closed');
    });
  }
});

describe('a handler of listening works as with Node', () => {
  differential('when it throws', ['uncaught', 'message'], async (stage) => {
    stage.noteUncaught();
    const socket = stage.own(dgram.createSocket('udp4'));
    const heard = new Promise((resolve) => socket.once('listening', resolve));
    socket.once('listening', () => {
      throw new Error('of the listener');
    });
    stage.bind(socket, { host });
    await heard;
    await turns();
    await hear(stage, socket);
  });

  differential('when it emits an error that nobody hears', ['uncaught', 'message'], async (stage) => {
    stage.noteUncaught();
    const socket = stage.own(dgram.createSocket('udp4'));
    const heard = new Promise((resolve) => socket.once('listening', resolve));
    socket.once('listening', () => socket.emit('error', new Error('of the listener')));
    stage.bind(socket, { host });
    await heard;
    await turns();
    await hear(stage, socket);
  });

  differential('when it emits an error that is heard', ['error', 'message'], async (stage) => {
    const socket = stage.own(dgram.createSocket('udp4'));
    socket.on('error', (error) => {
      stage.note('socket', 'error', error);
    });
    socket.once('listening', () => socket.emit('error', new Error('of the listener')));
    const heard = new Promise((resolve) => socket.once('listening', resolve));
    stage.bind(socket, { host });
    await heard;
    await turns();
    await hear(stage, socket);
  });

  differential('when it closes the socket', ['close', 'closed'], async ({ note, bind, own, follow, noteUncaught }) => {
    noteUncaught();
    const socket = own(dgram.createSocket('udp4'));
    follow('socket', socket, 'listening', 'error', 'close');
    const closed = new Promise<void>((resolve) => {
      socket.once('listening', () =>
        socket.close(() => {
          note('socket', 'closed');
          resolve();
        }),
      );
    });
    bind(socket, { host });
    await closed;
    await turns();
  });
});

describe('a UDP socket ends as with Node', () => {
  differential('with its events in order', ['called', 'close', 'callback'], async ({ note, bound, follow }) => {
    const socket = dgram.createSocket('udp4');
    await bound(socket, { host });
    follow('socket', socket, 'close', 'error');
    const closed = new Promise<void>((resolve) => {
      socket.close(() => {
        note('socket', 'callback');
        resolve();
      });
    });
    note('socket', 'called');
    await closed;
  });

  differential('by the signal that it was created with', ['close'], async ({ bound, follow }) => {
    const controller = new AbortController();
    const socket = dgram.createSocket({ type: 'udp4', signal: controller.signal });
    await bound(socket, { host });
    follow('socket', socket, 'close', 'error');
    const closed = once(socket, 'close');
    controller.abort();
    await closed;
  });

  differential('by the signal that it is bound with', ['close'], async ({ bound, follow }) => {
    const controller = new AbortController();
    const socket = dgram.createSocket('udp4');
    await bound(socket, { host, signal: controller.signal });
    follow('socket', socket, 'close', 'error');
    const closed = once(socket, 'close');
    controller.abort();
    await closed;
  });

  differential('by disposal', ['close'], async ({ bound, follow }) => {
    const socket = dgram.createSocket('udp4');
    await bound(socket, { host });
    follow('socket', socket, 'close');
    await socket[Symbol.asyncDispose]();
  });
});
