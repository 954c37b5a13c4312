// SPDX-License-Identifier: MIT
// Acquires a block, prints where, and ends in one of many ways: acquire-and.mjs
// exit|throw|process.exit|terminate|drop|wait
import { once } from 'node:events';
import http from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { listen, RuntimePortReservation } from 'win-port-reservation';

const report = (value) => console.log(JSON.stringify(value));

async function acquire() {
  const reservation = await RuntimePortReservation.acquire({ protocol: 'tcp', numberOfPorts: 2 });
  const server = http.createServer();
  await listen(server, reservation, { host: '127.0.0.1' });
  return { reservation, server };
}

async function drop() {
  const warned = once(process, 'warning');
  // The object whose method acquired the reservation also holds it, as in many services.
  class Service {
    async start() {
      this.reservation = await RuntimePortReservation.acquire({ protocol: 'tcp', numberOfPorts: 2 });
      report(this.reservation.startPort);
    }
  }
  await new Service().start();
  // For a moment the stack of the acquisition keeps the service alive.
  let warning;
  while (!warning) {
    globalThis.gc();
    [warning] = (await Promise.race([warned, setTimeout(10)])) ?? [];
  }
  report({ code: warning.code, message: warning.message });
  await once(process.stdin.resume(), 'end');
}

async function terminate() {
  const worker = new Worker(new URL(import.meta.url), { argv: ['in-worker'] });
  const [startPort] = await once(worker, 'message');
  await worker.terminate();
  report(startPort);
  await once(process.stdin.resume(), 'end');
}

const ending = process.argv[2];
if (!isMainThread) {
  const { reservation } = await acquire();
  parentPort.postMessage(reservation.startPort);
  // Waits until it is terminated.
  await once(parentPort, 'message');
} else if (ending === 'drop') {
  await drop();
} else if (ending === 'terminate') {
  await terminate();
} else {
  const { reservation, server } = await acquire();
  report(reservation.startPort);
  if (ending === 'exit') server.close();
  if (ending === 'throw') throw new Error('as the test wants it');
  if (ending === 'process.exit') process.exit(7);
}
