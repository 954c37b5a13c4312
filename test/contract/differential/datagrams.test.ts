// SPDX-License-Identifier: MIT
// Compares what a bound dgram.Socket does between Node's own bind and one inside a reservation.
import dgram from 'node:dgram';
import { once } from 'node:events';
import { describe } from 'vitest';
import { differential, host, turns, type Stage } from './differential.js';

const group = '239.1.2.3';

async function ordinary({ own }: Stage, type: dgram.SocketType = 'udp4', at = host): Promise<dgram.Socket> {
  const socket = own(dgram.createSocket(type));
  socket.bind(0, at);
  await once(socket, 'listening');
  return socket;
}

function next(socket: dgram.Socket): Promise<string> {
  return new Promise((resolve) =>
    socket.once('message', (message) => {
      resolve(message.toString());
    }),
  );
}

/** Records the outcome of a call: its value, or the code of its error. */
function attempt({ note }: Stage, name: string, call: () => unknown): void {
  try {
    const value = call();
    note('socket', name, typeof value === 'object' ? 'an object' : value);
  } catch (error) {
    note('socket', name, error);
  }
}

describe('a bound UDP socket behaves as with Node', () => {
  differential('when it is connected and disconnected', ['connect', 'heard', 'disconnected'], async (stage) => {
    const { note, bound } = stage;
    const peer = await ordinary(stage);
    const socket = dgram.createSocket('udp4');
    await bound(socket, { host });
    attempt(stage, 'before', () => socket.remoteAddress());
    const connected = once(socket, 'connect');
    socket.connect(peer.address().port, host);
    await connected;
    note('socket', 'connect', socket.remoteAddress(), socket.address());
    const heard = next(peer);
    socket.send('to whom it is connected');
    note('peer', 'heard', await heard);
    attempt(stage, 'connected already', () => {
      socket.connect(peer.address().port, host);
    });
    // While connected, the socket receives nothing from other senders.
    const other = await ordinary(stage);
    await new Promise((resolve) => {
      other.send('from another', socket.address().port, host, resolve);
    });
    const answer = next(socket);
    peer.send('from the peer', socket.address().port, host);
    note('socket', 'heard', await answer);
    socket.disconnect();
    attempt(stage, 'disconnected', () => socket.remoteAddress());
    const again = next(socket);
    other.send('from another', socket.address().port, host);
    note('socket', 'heard', await again);
  });

  differential('in a multicast group', ['joined', 'heard', 'left'], async (stage) => {
    const { note, bound } = stage;
    const socket = dgram.createSocket('udp4');
    const { port } = await bound(socket);
    attempt(stage, 'joined', () => {
      socket.addMembership(group, host);
    });
    attempt(stage, 'joined twice', () => {
      socket.addMembership(group, host);
    });
    attempt(stage, 'ttl', () => socket.setMulticastTTL(1));
    attempt(stage, 'loopback', () => socket.setMulticastLoopback(true));
    attempt(stage, 'interface', () => {
      socket.setMulticastInterface(host);
    });
    const heard = next(socket);
    socket.send('to the group', port, group);
    note('socket', 'heard', await heard);
    attempt(stage, 'left', () => {
      socket.dropMembership(group, host);
    });
    attempt(stage, 'left twice', () => {
      socket.dropMembership(group, host);
    });
    attempt(stage, 'no group', () => {
      socket.addMembership('10.0.0.1', host);
    });
  });

  differential('with its options', ['ttl', 'broadcast'], async (stage) => {
    const socket = dgram.createSocket('udp4');
    await stage.bound(socket, { host });
    attempt(stage, 'ttl', () => socket.setTTL(5));
    attempt(stage, 'ttl out of range', () => socket.setTTL(0));
    attempt(stage, 'broadcast', () => {
      socket.setBroadcast(true);
    });
    attempt(stage, 'no broadcast', () => {
      socket.setBroadcast(false);
    });
    attempt(stage, 'ref', () => socket.unref() === socket && socket.ref() === socket);
  });

  differential('sending a list, nothing, and from within', ['list', 'nothing', 'view'], async (stage) => {
    const { note, bound } = stage;
    const peer = await ordinary(stage);
    const { port } = peer.address();
    const socket = dgram.createSocket('udp4');
    await bound(socket, { host });
    let heard = next(peer);
    socket.send(['one', Buffer.from('two')], port, host);
    note('peer', 'list', await heard);
    heard = next(peer);
    socket.send('', port, host);
    note('peer', 'nothing', await heard);
    heard = next(peer);
    socket.send(Buffer.from('0123456789'), 2, 3, port, host);
    note('peer', 'view', await heard);
  });

  differential('with what sending calls back', ['sent', 'queue'], async (stage) => {
    const { note, bound } = stage;
    const peer = await ordinary(stage);
    const socket = dgram.createSocket('udp4');
    await bound(socket, { host });
    const sent = await new Promise((resolve) => {
      socket.send('ping', peer.address().port, host, (...result) => {
        resolve(result);
      });
    });
    note('socket', 'sent', sent);
    note('socket', 'queue', socket.getSendQueueSize(), socket.getSendQueueCount());
    const failed = await new Promise((resolve) => {
      socket.send('ping', peer.address().port, '::1', (error) => {
        resolve(error);
      });
    });
    note('socket', 'other family', (failed as Error | null)?.name);
  });

  differential('between two of the same', ['ping', 'pong'], async ({ note, bound }) => {
    const [first, second] = [dgram.createSocket('udp6'), dgram.createSocket('udp6')];
    const { port: firstPort } = await bound(first, { host: '::1' });
    const { port: secondPort } = await bound(second, { host: '::1' });
    second.on('message', (message, { port, address }) => {
      note('second', message.toString(), port === firstPort, address);
      second.send('pong', port, address);
    });
    const answer = next(first);
    first.send('ping', secondPort, '::1');
    note('first', await answer);
  });

  differential('after its close', ['ERR_SOCKET_DGRAM_NOT_RUNNING'], async (stage) => {
    const { note, bound } = stage;
    const socket = dgram.createSocket('udp4');
    const { port } = await bound(socket, { host });
    const closed = once(socket, 'close');
    socket.close();
    for (const call of [
      () => {
        socket.send('ping', port, host);
      },
      () => socket.setTTL(5),
      () => {
        socket.addMembership(group);
      },
      () => {
        socket.close();
      },
    ]) {
      try {
        call();
      } catch (error) {
        note('socket', String((error as NodeJS.ErrnoException).code));
      }
    }
    await closed;
    await turns();
  });
});
