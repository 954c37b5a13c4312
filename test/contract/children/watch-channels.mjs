// SPDX-License-Identifier: MIT
// Prints which of its sockets are published on Node's diagnostics channels, from the first call of the package on.
import dgram from 'node:dgram';
import diagnosticsChannel from 'node:diagnostics_channel';
import { once } from 'node:events';
import net from 'node:net';

const heard = [];
const names = new Map();
const nameOf = (socket) => names.get(socket) ?? 'unknown';
for (const channel of ['udp.socket', 'net.client.socket', 'net.server.socket']) {
  diagnosticsChannel.subscribe(channel, ({ socket }) => heard.push([channel, socket]));
}

const { bind, connect, listen, RuntimePortReservation } = await import('win-port-reservation');
const host = '127.0.0.1';
const tcp = await RuntimePortReservation.acquire({ protocol: 'tcp', numberOfPorts: 8 });
const udp = await RuntimePortReservation.acquire({ protocol: 'udp', numberOfPorts: 8 });
const server = net.createServer();
const { port } = await listen(server, tcp, { host });
const datagrams = dgram.createSocket('udp4');
await bind(datagrams, udp, { host });
const connection = once(server, 'connection');
const client = await connect(tcp, { host, port });
const [accepted] = await connection;

names.set(client, 'client').set(datagrams, 'datagrams').set(accepted, 'accepted');
console.log(JSON.stringify(heard.map(([channel, socket]) => [channel, nameOf(socket)]).sort()));
accepted.destroy();
client.destroy();
datagrams.close();
server.close();
await Promise.all([tcp.release(), udp.release()]);
