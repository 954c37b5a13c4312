// SPDX-License-Identifier: MIT
// Runs in a worker thread and serves HTTP inside the reservation that it was given.
import http from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';
import { listen } from 'win-port-reservation';

const server = http.createServer((_, response) => response.end('hello from a thread'));
const { port } = await listen(server, workerData, { host: '127.0.0.1' });
parentPort.postMessage(port);
