// SPDX-License-Identifier: MIT
// Makes something fail while Node takes over a socket, and closes the socket much later: fail-in-listening.mjs tcp|udp
// size|throw|refuse|late
import dgram from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { bind, listen, RuntimePortReservation } from 'win-port-reservation';

const [protocol, way] = process.argv.slice(2);
const uncaught = [];
process.on('uncaughtException', (error) => uncaught.push(error.message));

const reservation = await RuntimePortReservation.acquire({ protocol, numberOfPorts: 8 });
const tooLarge = way === 'size' ? 0x8000_0000 : undefined;
const socket = protocol === 'tcp' ? net.createServer() : dgram.createSocket({ type: 'udp4', recvBufferSize: tooLarge });
const take = protocol === 'tcp' ? listen : bind;

if (way === 'throw') {
  socket.once('listening', () => {
    throw new Error('thrown by the listener');
  });
}
const name = protocol === 'tcp' ? 'listen' : 'bind';
if (way === 'refuse') {
  // A program that wraps the method may fail like this.
  socket[name] = () => {
    throw new Error('thrown by the wrapper');
  };
}
if (way === 'late') {
  const original = socket[name].bind(socket);
  socket[name] = (...args) => {
    original(...args);
    throw new Error('thrown by the wrapper');
  };
}

const outcome = await take(socket, reservation, { host: '127.0.0.1' }).then(
  () => 'taken',
  (error) => error.code ?? error.message,
);
// A handle that is closed without its owner's knowledge is gone for good after one turn of the event loop.
for (let turn = 0; turn < 20; turn += 1) await setImmediate();
const open = isOpen();
let closed = 'closed';
try {
  const close = once(socket, 'close');
  socket.close();
  await close;
} catch (error) {
  closed = error.code;
}
await reservation.release();
console.log(JSON.stringify({ outcome, uncaught, open, closed }));

function isOpen() {
  if (protocol === 'tcp') return socket.listening;
  try {
    return socket.address().port > 0;
  } catch {
    return false;
  }
}
