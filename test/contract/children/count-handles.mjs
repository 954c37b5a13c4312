// SPDX-License-Identifier: MIT
// Prints how many handles of each kind keep this process alive, after each step. A process of its own has none that another
// test left behind, and none that is still closing.
import dgram from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';
import { bind, connect, listen, RuntimePortReservation } from 'win-port-reservation';

const host = '127.0.0.1';
const kinds = ['TCPServerWrap', 'TCPSocketWrap', 'TCPWrap', 'UDPWrap'];
const counts = {};

function note(step) {
  const now = process.getActiveResourcesInfo();
  const count = (kind) => now.filter((name) => name === kind).length;
  counts[step] = Object.fromEntries(kinds.map((kind) => [kind, count(kind)]).filter(([, number]) => number > 0));
}

/** Waits for handles that are closed: they count until the system has ended their last call. */
async function gone(name) {
  while (process.getActiveResourcesInfo().includes(name)) await new Promise(setImmediate);
}

// The package and the simulator make handles to find their classes.
for (const kind of kinds) await gone(kind);
const tcp = await RuntimePortReservation.acquire({ protocol: 'tcp', numberOfPorts: 8 });
const udp = await RuntimePortReservation.acquire({ protocol: 'udp', numberOfPorts: 8 });

const socket = dgram.createSocket('udp4');
note('a socket');
socket.unref();
note('without ref');
await bind(socket, udp, { host });
note('bound without ref');
socket.ref();
note('bound with ref');
const socketClosed = once(socket, 'close');
socket.close();
await socketClosed;
await gone('UDPWrap');

const server = net.createServer((accepted) => accepted.resume());
const { port } = await listen(server, tcp, { host });
await gone('TCPSocketWrap');
note('a server');
const accepted = once(server, 'connection');
const client = await connect(tcp, { host, port });
await accepted;
note('a client');
client.destroy();
server.close();
await once(server, 'close');
await Promise.all([tcp.release(), udp.release()]);
console.log(JSON.stringify(counts));
