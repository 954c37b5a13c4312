// SPDX-License-Identifier: MIT
// Reserves four ports and keeps a socket on one of them until its standard input ends: reserve-and-bind.mjs tcp|udp
import dgram from 'node:dgram';
import { once } from 'node:events';
import http from 'node:http';
import { bind, listen, RuntimePortReservation } from 'win-port-reservation';

const [protocol] = process.argv.slice(2);
const reservation = await RuntimePortReservation.acquire({ protocol, numberOfPorts: 4 });
const socket = protocol === 'tcp' ? http.createServer() : dgram.createSocket('udp4');
const take = protocol === 'tcp' ? listen : bind;
// Let Windows choose the port, because another program of the host may have any given one.
const { port } = await take(socket, reservation, { host: '127.0.0.1' });
const { startPort } = reservation;
console.log(JSON.stringify({ port, otherPort: port === startPort ? port + 1 : startPort, processId: process.pid }));
await once(process.stdin.resume(), 'end');
socket.close();
await reservation.release();
