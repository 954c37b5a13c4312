// SPDX-License-Identifier: MIT
// Does a job from end to end in any host program: loads the addon, hands its socket to Node, and serves.
import { once } from 'node:events';
import http from 'node:http';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { listen, RuntimePortReservation } from 'win-port-reservation';

const host = '127.0.0.1';
const reservation = await RuntimePortReservation.acquire({ protocol: 'tcp', numberOfPorts: 2 });
const server = http.createServer((_, response) => response.end('hello'));
const { port } = await listen(server, reservation, { host });
const [response] = await once(http.get({ host, port, agent: false }), 'response');
const body = await text(response);
server.close();
await reservation.release();
if (body !== 'hello') throw new Error(`the server said ${body}`);

const { versions, arch, execPath } = process;
const program = versions.electron === undefined ? `Node ${versions.node}` : `Electron ${versions.electron}`;
console.log(`${path.basename(execPath)} (${program}, ${arch}) served on port ${port}`);
