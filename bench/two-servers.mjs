// SPDX-License-Identifier: MIT
// The same HTTP server twice: under listen() inside a reservation, and under Node's own listen. Prints their ports and
// serves until it is told to end with a request to /end.
import { once } from 'node:events';
import http from 'node:http';
import { listen, RuntimePortReservation } from 'win-port-reservation';

const host = '127.0.0.1';
const servers = [0, 0].map(() => http.createServer(answer));
const [reserved, plain] = servers;

function answer(request, response) {
  response.end('hello');
  if (request.url === '/end') for (const server of servers) server.close();
}

const reservation = await RuntimePortReservation.acquire({ protocol: 'tcp', numberOfPorts: 1 });
const { port } = await listen(reserved, reservation, { host });
plain.listen(0, host);
await once(plain, 'listening');
console.log(JSON.stringify({ reserved: port, plain: plain.address().port }));
await Promise.all(servers.map((server) => once(server, 'close')));
await reservation.release();
