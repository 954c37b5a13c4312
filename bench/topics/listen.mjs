// SPDX-License-Identifier: MIT
// Measures the time until a server listens, and until its first byte arrives, with this package's listen() and with
// Node's own: `listen.mjs --instant` under Wine, where the answers of Windows come at once; `listen.mjs --windows` on this
// Windows; elsewhere on the simulated Windows.
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import dgram from 'node:dgram';
import { setImmediate } from 'node:timers/promises';
import { bind, listen, RuntimePortReservation } from 'win-port-reservation';
import { compare, microseconds } from '../lib/compare.mjs';
import { nodesOwn, ours } from '../lib/names.mjs';
import { report } from '../lib/report-line.mjs';

const host = '127.0.0.1';

/** The reservations that the servers listen in, or a token that is always accepted. */
async function reservations() {
  if (process.argv[2] === '--instant') {
    await import('../lib/windows.mjs');
    return { tcp: { protocol: 'tcp', token: 1n }, udp: { protocol: 'udp', token: 1n } };
  }
  if (process.argv[2] === '--windows') {
    const acquire = (protocol) => RuntimePortReservation.acquire({ protocol, numberOfPorts: 64 });
    return { tcp: await acquire('tcp'), udp: await acquire('udp') };
  }
  const { reserve } = await import('../lib/simulated.mjs');
  return { tcp: await reserve('tcp', 64), udp: await reserve('udp', 64) };
}

/**
 * Times what `start` does with a socket, and closes the socket after that. In the next turns of the event loop Node ends
 * the accepts of a closed server, 32 on Windows. The next listen() of this package would wait for that; Node's own does
 * its work within one turn.
 */
function timed(create, start) {
  return {
    async run() {
      const socket = create();
      const begin = performance.now();
      await start(socket);
      const overriddenDuration = performance.now() - begin;
      const closed = once(socket, 'close');
      socket.close();
      await closed;
      for (let turn = 0; turn < 2; turn += 1) await setImmediate();
      return { overriddenDuration };
    },
  };
}

async function listenPlainly(server) {
  server.listen(0, host);
  await once(server, 'listening');
  return server.address();
}

async function bindPlainly(socket) {
  socket.bind(0, host);
  await once(socket, 'listening');
}

const answering = () => http.createServer((request, response) => response.end('hello'));

async function firstByte({ port }) {
  const request = http.get({ host, port, agent: false });
  const [response] = await once(request, 'response');
  await once(response.resume(), 'end');
}

const { tcp, udp } = await reservations();
const tables = [
  [
    'Until a server listens',
    timed(
      () => net.createServer(),
      (server) => listen(server, tcp, { host }),
    ),
    timed(() => net.createServer(), listenPlainly),
  ],
  [
    'Until a UDP socket is bound',
    timed(
      () => dgram.createSocket('udp4'),
      (socket) => bind(socket, udp, { host }),
    ),
    timed(() => dgram.createSocket('udp4'), bindPlainly),
  ],
  [
    'Until the first answer over HTTP',
    timed(answering, async (server) => firstByte(await listen(server, tcp, { host }))),
    timed(answering, async (server) => firstByte(await listenPlainly(server))),
  ],
];
// Node's own listen makes its system calls at once. The simulated Windows answers a call later, as Windows does; this
// package cannot change that.
const goals = process.argv[2] === '--instant' ? [{ name: ours, atMost: 1.5 }] : [];
for (const [title, reserved, ordinary] of tables) {
  const results = await compare({ [ours]: reserved, [nodesOwn]: ordinary }, { rounds: 15, timeMs: 100 });
  report({
    title,
    unit: 'µs',
    reference: nodesOwn,
    series: microseconds(results),
    difference: true,
    goals,
  });
}
process.exit();
