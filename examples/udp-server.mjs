// SPDX-License-Identifier: MIT
// A UDP server and its clients, each on a port of one runtime reservation: a firewall rule needs only the block, and no
// other process can send from it.
//
//   node examples/udp-server.mjs                                           on Windows
//   node --import win-port-reservation/simulate examples/udp-server.mjs    elsewhere
import dgram from 'node:dgram';
import { once } from 'node:events';
import { bind, RuntimePortReservation } from 'win-port-reservation';

const clients = 3;
const host = '127.0.0.1';

const reservation = await RuntimePortReservation.acquire({ protocol: 'udp', numberOfPorts: clients + 1 });
const last = reservation.startPort + reservation.numberOfPorts - 1;

const server = dgram.createSocket('udp4', (message, { port, address }) => {
  const isOurs = reservation.startPort <= port && port <= last;
  if (isOurs) server.send(`${message} to you too`, port, address);
});
const { port } = await bind(server, reservation, { host });

for (let index = 1; index <= clients; index += 1) {
  const client = dgram.createSocket('udp4');
  await bind(client, reservation, { host });
  client.send(`hello ${index}`, port, host);
  const [answer] = await once(client, 'message');
  console.log(`${answer}`);
  client.close();
}

server.close();
await reservation.release();
