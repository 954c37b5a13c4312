// SPDX-License-Identifier: MIT
// The same HTTP server and the same UDP echo twice: in a reservation, and as Node makes them. Prints their ports and
// serves until it is told to end with a request to /end. `servers.mjs --instant` under Wine.
import dgram from 'node:dgram';
import { once } from 'node:events';
import http from 'node:http';
import { bind, listen, RuntimePortReservation } from 'win-port-reservation';
import { report } from '../lib/report-line.mjs';

if (process.argv[2] === '--instant') {
  await import('../lib/windows.mjs');
} else {
  const { install, SimulatedWindows } = await import('win-port-reservation/simulator');
  install(new SimulatedWindows());
}

const host = '127.0.0.1';
const servers = [0, 0].map(() => http.createServer(answer));
const sockets = [0, 0].map(() => echo(dgram.createSocket('udp4')));
const everything = [...servers, ...sockets];

function answer(request, response) {
  response.end('hello');
  if (request.url === '/end') for (const one of everything) one.close();
}

function echo(socket) {
  return socket.on('message', (message, { port, address }) => socket.send(message, port, address));
}

const acquire = (protocol) => RuntimePortReservation.acquire({ protocol, numberOfPorts: 1 });
const [tcp, udp] = [await acquire('tcp'), await acquire('udp')];
const closed = everything.map((one) => once(one, 'close'));
// The answers at once of Windows do not say which ports are free.
const choose = process.argv[2] === '--instant' ? ({ protocol, token }) => ({ protocol, token }) : (own) => own;
const { port: reservedTcp } = await listen(servers[0], choose(tcp), { host });
const { port: reservedUdp } = await bind(sockets[0], choose(udp), { host });
servers[1].listen(0, host);
sockets[1].bind(0, host);
await Promise.all([once(servers[1], 'listening'), once(sockets[1], 'listening')]);
report({
  tcp: { 'this package': reservedTcp, "Node's own": servers[1].address().port },
  udp: { 'this package': reservedUdp, "Node's own": sockets[1].address().port },
});
await Promise.all(closed);
await Promise.all([tcp.release(), udp.release()]);
