// SPDX-License-Identifier: MIT
// Keeps a port until its standard input ends, and prints its own pid and name: own-port.mjs tcp|udp host port
import dgram from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';

const [protocol, host, port] = process.argv.slice(2);
const socket = protocol === 'tcp' ? net.createServer() : dgram.createSocket(host.includes(':') ? 'udp6' : 'udp4');
if (protocol === 'tcp') socket.listen(Number(port), host);
else socket.bind(Number(port), host);
await once(socket, 'listening');
console.log(JSON.stringify({ processId: process.pid, imageName: path.basename(process.execPath) }));
await once(process.stdin.resume(), 'end');
socket.close();
