// SPDX-License-Identifier: MIT
// Prints whether each kind of socket keeps the process alive, before and after unref() and ref().
import dgram from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';
import { openWays } from '../ways.mjs';

const ways = await openWays(process.argv[2]);
const host = '127.0.0.1';

const server = net.createServer((socket) => socket.unref().resume());
ways.listen(server, { host });
await once(server, 'listening');
const socket = dgram.createSocket('udp4');
ways.bind(socket, { host });
await once(socket, 'listening');
const client = await ways.connect({ host, port: server.address().port });
const sockets = Object.entries({ server, socket, client });
for (const [, each] of sockets) each.unref();

// 'beforeExit' means that nothing keeps the process alive. An unref'd timer fires only if something else keeps it
// alive.
process.on('beforeExit', () => {
  const next = sockets.shift();
  if (!next) return;
  const [name, each] = next;
  console.log(`${name}: unref lets the process end`);
  each.ref();
  const timer = setTimeout(() => {
    console.log(`${name}: ref keeps it alive`);
    each.unref();
  }, 10);
  timer.unref();
});
