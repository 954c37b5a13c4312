// SPDX-License-Identifier: MIT
// Hands a connection, or the listening server, to a child process: hand-to-child.mjs way server|connection
import { fork } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { text } from 'node:stream/consumers';
import { openWays } from '../ways.mjs';

const [, , way, what] = process.argv;
const host = '127.0.0.1';

if (way === 'child') {
  process.on('message', (message, handle) => {
    if (message === 'connection') handle.end('hello from the child');
    else handle.on('connection', (socket) => socket.end('hello from the child'));
    process.send('taken');
  });
} else {
  const ways = await openWays(way);
  const child = fork(import.meta.filename, ['child']);
  const server = net.createServer({ pauseOnConnect: true });
  ways.listen(server, { host });
  await once(server, 'listening');
  const { port } = server.address();
  const taken = once(child, 'message');
  let client;
  if (what === 'server') {
    child.send('server', server);
    await taken;
    server.close();
    await once(server, 'close');
    client = net.connect(port, host);
  } else {
    client = net.connect(port, host);
    const [socket] = await once(server, 'connection');
    child.send('connection', socket);
    await taken;
    server.close();
  }
  console.log(`read ${await text(client)}`);
  const exited = once(child, 'exit');
  if (child.connected) child.disconnect();
  if (what === 'server') child.kill();
  console.log(`child ended ${(await exited)[0]}`);
  await ways.close();
}
