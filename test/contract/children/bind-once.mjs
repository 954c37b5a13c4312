// SPDX-License-Identifier: MIT
// Binds a port as any program does, and prints the outcome: bind-once.mjs tcp|udp port
import dgram from 'node:dgram';
import net from 'node:net';

const [protocol, port] = process.argv.slice(2);
const socket = protocol === 'tcp' ? net.createServer() : dgram.createSocket('udp4');
socket.once('listening', () => {
  console.log(JSON.stringify('bound'));
  socket.close();
});
socket.once('error', (error) => console.log(JSON.stringify(error.code)));
if (protocol === 'tcp') socket.listen(Number(port), '127.0.0.1');
else socket.bind(Number(port), '127.0.0.1');
