// SPDX-License-Identifier: MIT
// Starts a worker thread that serves, and terminates it with its socket while the process goes on.
import { once } from 'node:events';
import net from 'node:net';
import { text } from 'node:stream/consumers';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { openWays } from '../ways.mjs';

const host = '127.0.0.1';

if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url), { workerData: process.argv[2] });
  const [port] = await once(worker, 'message');
  console.log(`read ${await text(net.connect(port, host))}`);
  console.log(`terminated ${await worker.terminate()}`);
  const [error] = await once(net.connect(port, host), 'error');
  console.log(`then ${error.code}`);
} else {
  const ways = await openWays(workerData);
  const server = net.createServer((socket) => socket.end('hello'));
  ways.listen(server, { host });
  await once(server, 'listening');
  parentPort.postMessage(server.address().port);
}
