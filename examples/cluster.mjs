// SPDX-License-Identifier: MIT
// Uses one persistent reservation in the processes of a cluster: each worker listens on its own port. A runtime
// reservation does not work here, because Windows lets only the process that acquired it bind inside it.
//
//   node examples/cluster.mjs                                           on Windows, elevated
//   node --import win-port-reservation/simulate examples/cluster.mjs    elsewhere
import cluster from 'node:cluster';
import { once } from 'node:events';
import http from 'node:http';
import { text } from 'node:stream/consumers';
import { listen, PersistentPortReservation } from 'win-port-reservation';

const workers = 2;

/** Ensures the first free block. Your service has a fixed block and ensures only that. */
async function ensureFirstFree() {
  for (let startPort = 20_000; startPort < 30_000; startPort += 100) {
    try {
      return await PersistentPortReservation.create({ protocol: 'tcp', startPort, numberOfPorts: workers });
    } catch (error) {
      if (error.code !== 'ERROR_SHARING_VIOLATION') throw error;
    }
  }
  throw new Error('no block is free');
}

async function serve() {
  const [startPort, port] = [Number(process.env.START_PORT), Number(process.env.PORT)];
  const block = { protocol: 'tcp', startPort, numberOfPorts: workers };
  // Each process looks up the token itself.
  const reservation = await PersistentPortReservation.ensure(block);
  const server = http.createServer((_, response) => response.end(`hello from worker ${cluster.worker.id}\n`));
  await listen(server, reservation, { port, host: '127.0.0.1' });
  process.send('listening');
  await once(process, 'message');
  server.close();
  process.disconnect();
}

async function main() {
  const reservation = await ensureFirstFree();
  try {
    const { startPort } = reservation;
    const forks = Array.from({ length: workers }, (_, index) =>
      cluster.fork({ START_PORT: startPort, PORT: startPort + index }),
    );
    await Promise.all(forks.map((fork) => once(fork, 'message')));
    for (let index = 0; index < workers; index += 1) {
      const [response] = await once(http.get({ host: '127.0.0.1', port: startPort + index, agent: false }), 'response');
      process.stdout.write(await text(response));
    }
    for (const fork of forks) fork.send('done');
    await Promise.all(forks.map((fork) => once(fork, 'exit')));
  } finally {
    await reservation.delete();
  }
}

await (cluster.isPrimary ? main() : serve());
