// SPDX-License-Identifier: MIT
// Reserves two ports and has a socket on the first, until its standard input ends: reserve-and-bind.mjs tcp|udp
import dgram from 'node:dgram';
import { once } from 'node:events';
import http from 'node:http';
import { bind, listen, RuntimePortReservation } from 'win-port-reservation';

const [protocol] = process.argv.slice(2);
const reservation = await RuntimePortReservation.acquire({ protocol, numberOfPorts: 2 });
const { startPort } = reservation;
const socket = protocol === 'tcp' ? http.createServer() : dgram.createSocket('udp4');
const take = protocol === 'tcp' ? listen : bind;
await take(socket, reservation, { port: startPort, host: '127.0.0.1' });
console.log(JSON.stringify({ startPort, processId: process.pid }));
await once(process.stdin.resume(), 'end');
socket.close();
await reservation.release();
