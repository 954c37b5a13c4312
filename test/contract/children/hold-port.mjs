// SPDX-License-Identifier: MIT
// Binds a port as any program does and keeps it until its standard input ends: hold-port.mjs tcp|udp port
import dgram from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';

const [protocol, port] = process.argv.slice(2);
const socket = protocol === 'tcp' ? net.createServer() : dgram.createSocket('udp4');
if (protocol === 'tcp') socket.listen(Number(port), '127.0.0.1');
else socket.bind(Number(port), '127.0.0.1');
await once(socket, 'listening');
console.log(JSON.stringify('held'));
await once(process.stdin.resume(), 'end');
socket.close();
