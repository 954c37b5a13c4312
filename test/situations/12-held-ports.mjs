// SPDX-License-Identifier: MIT
// Holds two ports as a test would in Jest or Vitest, has another process try one of them, and listens on it.
import { execFileSync } from 'node:child_process';
import http from 'node:http';
import { findFreePorts, listen } from 'win-port-reservation';

const held = await findFreePorts({ numberOfPorts: 2, hold: true });
const port = held.startPort + 1;
const other = `
  require('node:net').createServer().listen(${port}, '127.0.0.1')
    .on('error', ({ code }) => console.log('another process: ' + code))
    .on('listening', () => { console.log('another process: listening'); process.exit(); });
`;
process.stdout.write(execFileSync(process.execPath, ['-e', other], { encoding: 'utf8' }));
const server = http.createServer();
await listen(server, held, { port, host: '127.0.0.1' });
console.log('with the reservation: listening');
server.close();
await held.release();
