// SPDX-License-Identifier: MIT
// Runs the same HTTP server and the same UDP echo server twice: in a reservation, and with Node's own calls. Prints
// their ports and serves until a request to /end. Under Wine it runs as `servers.mjs --instant`.
import dgram from 'node:dgram';
import { once } from 'node:events';
import http from 'node:http';
import { bind, listen } from 'win-port-reservation';
import { nodesOwn, ours } from '../lib/names.mjs';
import { report } from '../lib/report-line.mjs';

/** The reservations that the servers listen in: those of a simulated Windows, or a token that is always accepted. */
async function reservations() {
  if (process.argv[2] === '--instant') {
    await import('../lib/windows.mjs');
    return [tokenOf('tcp'), tokenOf('udp')];
  }
  const { reserve } = await import('../lib/simulated.mjs');
  return [await reserve('tcp', 16), await reserve('udp', 16)];
}

const tokenOf = (protocol) => ({ protocol, token: 1n });
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

const [tcp, udp] = await reservations();
const closed = everything.map((one) => once(one, 'close'));
const { port: reservedTcp } = await listen(servers[0], tcp, { host });
const { port: reservedUdp } = await bind(sockets[0], udp, { host });
servers[1].listen(0, host);
sockets[1].bind(0, host);
await Promise.all([once(servers[1], 'listening'), once(sockets[1], 'listening')]);
report({
  tcp: { [ours]: reservedTcp, [nodesOwn]: servers[1].address().port },
  udp: { [ours]: reservedUdp, [nodesOwn]: sockets[1].address().port },
});
await Promise.all(closed);
process.exit();
