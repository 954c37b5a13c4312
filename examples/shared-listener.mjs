// SPDX-License-Identifier: MIT
// Shares one listener inside a runtime reservation with child processes: the process that acquired the reservation
// listens and sends the listening server to its children, which accept connections on it.
//
//   node examples/shared-listener.mjs                                           on Windows
//   node --import win-port-reservation/simulate examples/shared-listener.mjs    elsewhere
import { fork } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { listen, RuntimePortReservation } from 'win-port-reservation';

const children = 2;

async function serve() {
  const server = http.createServer({ keepAlive: false }, (_, response) => response.end('hello from a child\n'));
  const [, listener] = await once(process, 'message');
  listener.on('connection', (connection) => server.emit('connection', connection));
  process.send('accepting');
  await once(process, 'message');
  listener.close();
  process.disconnect();
}

async function main() {
  const reservation = await RuntimePortReservation.acquire({ protocol: 'tcp', numberOfPorts: 1 });
  const listener = net.createServer();
  const { port } = await listen(listener, reservation, { host: '127.0.0.1' });
  const forks = Array.from({ length: children }, () => fork(fileURLToPath(import.meta.url), ['child']));
  for (const child of forks) child.send('listener', listener);
  await Promise.all(forks.map((child) => once(child, 'message')));
  // From now on only the children accept connections. The reservation still belongs to this process.
  listener.close();
  for (let index = 0; index < 4; index += 1) {
    const [response] = await once(http.get({ host: '127.0.0.1', port, agent: false }), 'response');
    process.stdout.write(await text(response));
  }
  for (const child of forks) child.send('done');
  await Promise.all(forks.map((child) => once(child, 'exit')));
  await reservation.release();
}

await (process.argv[2] === 'child' ? serve() : main());
