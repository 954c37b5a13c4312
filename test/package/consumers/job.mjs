// SPDX-License-Identifier: MIT
// Does the typical job of the package: a server in a persistent reservation, a UDP socket in a runtime reservation, and
// all other sockets refused. Prints the addons that the process has loaded.
import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import {
  bind,
  createPersistentTcpPortReservation,
  isElevated,
  isSupported,
  listen,
  PersistentPortReservation,
  RuntimePortReservation,
} from 'win-port-reservation';

// In a function, because this is also bundled as CommonJS, which has no top-level await.
async function main() {
  assert.equal(isSupported, true);
  assert.equal(isElevated(), true);

  const startPort = await findFreePort();
  const block = { protocol: 'tcp', startPort, numberOfPorts: 1 };
  const reservation = await PersistentPortReservation.ensure(block);
  await assert.rejects(createPersistentTcpPortReservation(startPort, 1), {
    code: 'ERROR_SHARING_VIOLATION',
    errno: 32,
  });
  await assert.rejects(listenOrdinarily(startPort), { code: 'EACCES' });

  const server = http.createServer((_, response) => response.end('hello'));
  assert.equal((await listen(server, reservation, { host: '127.0.0.1' })).port, startPort);
  assert.equal(await get(startPort), 'hello');
  server.close();
  await once(server, 'close');
  await reservation.delete();
  await (await listenOrdinarily(startPort))[Symbol.asyncDispose]();

  // More ports than one, because other programs of the host may have some of them.
  const runtime = await RuntimePortReservation.acquire({ protocol: 'udp', numberOfPorts: 64 });
  const socket = dgram.createSocket('udp4');
  const { port } = await bind(socket, runtime, { host: '127.0.0.1' });
  assert.ok(port >= runtime.startPort && port < runtime.startPort + 64);
  socket.send('hello', port, '127.0.0.1');
  assert.equal(String((await once(socket, 'message'))[0]), 'hello');
  socket.close();
  await runtime.release();

  process.report.excludeNetwork = true;
  const { sharedObjects } = process.report.getReport();
  console.log(JSON.stringify({ addons: sharedObjects.filter((file) => file.endsWith('win-port-reservation.node')) }));
}

/** A random block below every dynamic range, so that programs that run at once don't find the same. */
async function findFreePort() {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    try {
      await (await listenOrdinarily(port))[Symbol.asyncDispose]();
      return port;
    } catch (error) {
      if (error.code !== 'EADDRINUSE') throw error;
    }
  }
  throw new Error('no port is free');
}

async function listenOrdinarily(port) {
  const ordinary = net.createServer();
  ordinary.listen(port, '127.0.0.1');
  await once(ordinary, 'listening');
  return ordinary;
}

async function get(port) {
  const [response] = await once(http.get({ port, host: '127.0.0.1', agent: false }), 'response');
  return String(await response.toArray());
}

void main();
