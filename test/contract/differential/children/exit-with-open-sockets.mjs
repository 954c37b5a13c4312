// SPDX-License-Identifier: MIT
// Opens one socket of each kind and ends: exit-with-open-sockets.mjs way process.exit|throw|reject
import dgram from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';
import { openWays } from '../ways.mjs';

const [, , way, ending] = process.argv;
const ways = await openWays(way);
const host = '127.0.0.1';

const server = net.createServer((socket) => socket.write('hello'));
ways.listen(server, { host });
await once(server, 'listening');
const socket = dgram.createSocket('udp4');
ways.bind(socket, { host });
await once(socket, 'listening');
const client = await ways.connect({ host, port: server.address().port });
console.log(`read ${(await once(client, 'data'))[0]}`);
process.on('exit', (code) => console.log(`exit ${code} ${server.listening} ${client.destroyed}`));
if (ending === 'process.exit') process.exit(7);
if (ending === 'throw')
  setImmediate(() => {
    throw new Error('as the test wants it');
  });
if (ending === 'reject') void Promise.reject(new Error('as the test wants it'));
