// SPDX-License-Identifier: MIT
// Checks that an abort at any of 100 moments ends as in Node and leaves nothing behind.
import dgram from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';
import { text } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import { describe } from 'vitest';
import { differential, host } from './differential.js';

const moments = Array.from({ length: 100 }, (_, moment) => moment);

/** Waits for the moment: some turns of the microtask queue, some of the event loop, or both once the socket is open. */
async function comeTo(moment: number, open: Promise<unknown>): Promise<void> {
  if (moment >= 80) await open;
  for (let turn = 0; turn < moment % 40; turn += 1) await (moment < 40 ? Promise.resolve() : setImmediate());
}

describe('an abort at 100 moments ends as with Node', () => {
  differential('of a server that begins to listen', ['moment 0', 'moment 99', 'served'], async (stage) => {
    const { note, listen, listening, own, follow } = stage;
    for (const moment of moments) {
      const controller = new AbortController();
      const server = own(net.createServer((socket) => socket.end('hello')));
      const open = new Promise((resolve) => server.once('listening', resolve));
      follow(`moment ${moment}`, server, 'error');
      // Use no host: Node also looks up a numeric address, and it listens even if the abort comes during that lookup.
      listen(server, { signal: controller.signal });
      await comeTo(moment, open);
      controller.abort();
      note(`moment ${moment}`, `moment ${moment}`, server.listening, server.address());
      if (moment % 10 !== 0) continue;
      const { port } = await listening(server);
      note('client', 'served', await text(net.connect(port, host)));
    }
  });

  differential(
    'of a UDP socket that is being bound',
    ['moment 0', 'moment 99'],
    async ({ note, bind, own, follow }) => {
      for (const moment of moments) {
        const controller = new AbortController();
        const socket = own(dgram.createSocket('udp4'));
        const open = new Promise((resolve) => socket.once('listening', resolve));
        follow(`moment ${moment}`, socket, 'error');
        bind(socket, { host, signal: controller.signal });
        await comeTo(moment, open);
        controller.abort();
        note(`moment ${moment}`, `moment ${moment}`, isBound(socket));
      }
    },
  );

  differential('of a client socket that connects', ['moment 0', 'moment 99'], async ({ note, connect, own }) => {
    for (const moment of moments) {
      // Each abort gets a server of its own, which stays open until the end: a closed connection keeps its pair of ports for
      // a while, and the port of a closed server may be given out again.
      const server = own(net.createServer((socket) => socket.on('error', () => undefined).resume()));
      server.listen(0, host);
      await once(server, 'listening');
      const { port } = server.address() as net.AddressInfo;
      const controller = new AbortController();
      const connecting = connect({ host, port, signal: controller.signal });
      // Either the promise rejects, or the socket it resolved to fails.
      const failed = connecting.then(
        async (socket) => new Promise<Error>((resolve) => socket.once('error', resolve)),
        (error: unknown) => error as Error,
      );
      await comeTo(moment, connecting);
      controller.abort();
      note(`moment ${moment}`, `moment ${moment}`, named(await failed));
    }
  });
});

function isBound(socket: dgram.Socket): boolean {
  try {
    socket.address();
    return true;
  } catch {
    return false;
  }
}

/** Names an error as a failed comparison should show it: its class, and the code and message of any but an abort. */
function named(error: Error): string {
  return error.name === 'AbortError' ? error.name : `${error.name}: ${error.message}`;
}
