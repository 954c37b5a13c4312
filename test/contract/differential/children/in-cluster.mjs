// SPDX-License-Identifier: MIT
// Starts a cluster worker that serves HTTP and a UDP socket, and disconnects once both are closed.
import cluster from 'node:cluster';
import dgram from 'node:dgram';
import { once } from 'node:events';
import http from 'node:http';
import { text } from 'node:stream/consumers';
import { openWays } from '../ways.mjs';

const host = '127.0.0.1';

if (cluster.isPrimary) {
  const worker = cluster.fork();
  worker.on('online', () => console.log('online'));
  const exited = once(worker, 'exit');
  const [{ port, udpPort }] = await once(worker, 'message');
  for (const path of ['/1', '/2']) {
    const [response] = await once(http.get({ host, port, path, agent: false }), 'response');
    console.log(`read ${await text(response)}`);
  }
  const socket = dgram.createSocket('udp4');
  socket.send('ping', udpPort, host);
  console.log(`heard ${(await once(socket, 'message'))[0]}`);
  socket.close();
  worker.send('close');
  const [code, signal] = await exited;
  console.log(`worker ended ${code} ${signal} ${worker.exitedAfterDisconnect}`);
} else {
  const ways = await openWays(process.argv[2]);
  const server = http.createServer((request, response) => response.end(request.url));
  ways.listen(server, { host });
  await once(server, 'listening');
  const socket = dgram.createSocket('udp4');
  socket.on('message', (message, { port }) => socket.send(`pong: ${message}`, port, host));
  ways.bind(socket, { host });
  await once(socket, 'listening');
  process.on('message', async () => {
    server.close();
    socket.close();
    await once(server, 'close');
    await ways.close();
    cluster.worker.disconnect();
  });
  process.send({ port: server.address().port, udpPort: socket.address().port });
}
