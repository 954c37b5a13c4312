// SPDX-License-Identifier: MIT
// Shares one runtime reservation among worker threads: each serves HTTP on its own port.
//
//   node examples/worker-threads.mjs                                           on Windows
//   node --import win-port-reservation/simulate examples/worker-threads.mjs    elsewhere
import { once } from 'node:events';
import http from 'node:http';
import { text } from 'node:stream/consumers';
import { isMainThread, parentPort, threadId, Worker, workerData } from 'node:worker_threads';
import { listen, RuntimePortReservation } from 'win-port-reservation';

const threads = 3;

async function serve({ reservation, port }) {
  const server = http.createServer((_, response) => response.end(`hello from thread ${threadId}\n`));
  await listen(server, reservation, { port, host: '127.0.0.1' });
  parentPort.postMessage('listening');
  await once(parentPort, 'message');
  server.close();
}

async function main() {
  const reservation = await RuntimePortReservation.acquire({ protocol: 'tcp', numberOfPorts: threads });
  const workers = Array.from({ length: threads }, (_, index) => {
    // The thread's copy of the reservation is enough for listen, because the token works in the whole process.
    return new Worker(new URL(import.meta.url), { workerData: { reservation, port: reservation.startPort + index } });
  });
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  for (let index = 0; index < threads; index += 1) {
    const request = http.get({ host: '127.0.0.1', port: reservation.startPort + index, agent: false });
    const [response] = await once(request, 'response');
    process.stdout.write(await text(response));
  }
  for (const worker of workers) worker.postMessage('done');
  await Promise.all(workers.map((worker) => once(worker, 'exit')));
  await reservation.release();
}

await (isMainThread ? main() : serve(workerData));
