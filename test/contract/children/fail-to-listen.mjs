// SPDX-License-Identifier: MIT
// Tries to get a port that is not free, and handles the error as programs do: fail-to-listen.mjs way tcp|udp port
import cluster from 'node:cluster';
import dgram from 'node:dgram';
import { once } from 'node:events';
import http from 'node:http';
import { isMainThread, Worker } from 'node:worker_threads';

const [way, protocol, port] = process.argv.slice(2);
const say = (value) => console.log(JSON.stringify(value));

function start() {
  return protocol === 'tcp' ? http.createServer().listen(Number(port)) : dgram.createSocket('udp4').bind(Number(port));
}

/** Ends without waiting for a UDP socket that is still open. */
function onError(handle) {
  start().on('error', (error) => {
    handle(error);
    process.exitCode = 3;
    if (protocol === 'udp') setImmediate(process.exit);
  });
}

const ways = {
  uncaught: start,
  twice: async () => {
    process.on('exit', () => first.close());
    const first = start();
    await once(first, 'listening');
    start();
  },
  rejection: () => once(start(), 'listening'),
  handler: () => {
    process.on('uncaughtException', (error) => {
      say([error.message, error.code]);
      process.exit(3);
    });
    start();
  },
  print: () => onError((error) => console.error(error)),
  read: () =>
    onError((error) => {
      const isLazy = Object.getOwnPropertyDescriptor(error, 'message').get !== undefined;
      say({
        isLazy,
        code: error.code,
        isError: error instanceof Error,
        keys: Object.keys(error),
        same: error.message === error.message,
        inStack: error.stack.includes(error.message),
        cloned: structuredClone(error).message === error.message,
        explanation: error.explanation,
      });
    }),
  code: () => {
    let threads = 0;
    process.on('worker', () => (threads += 1));
    let error;
    onError((emitted) => (error = emitted));
    process.on('exit', () => {
      const isLazy = Object.getOwnPropertyDescriptor(error, 'message').get !== undefined;
      say({ code: error.code, json: JSON.parse(JSON.stringify(error)), isLazy, threads });
    });
  },
  frozen: () => onError((error) => say([Object.freeze(error).message, error.message])),
  again: () => {
    let times = 0;
    const messages = [];
    const server = http.createServer();
    server.on('error', (error) => {
      messages.push(error.message);
      times += 1;
      if (times < 3) server.listen(Number(port));
      else say(messages);
    });
    server.listen(Number(port));
  },
  thread: () => {
    if (!isMainThread) return start();
    const worker = new Worker(new URL(import.meta.url), { argv: process.argv.slice(2) });
    worker.on('error', (error) => say([error.message, error.code]));
    return worker;
  },
  cluster: () => {
    if (!cluster.isPrimary) return start();
    cluster.fork().once('exit', (code) => say(code));
    return cluster;
  },
};

await ways[way]();
