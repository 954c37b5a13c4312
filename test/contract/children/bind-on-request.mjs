// SPDX-License-Identifier: MIT
// Binds ports as any program does, each that a line on the standard input names as tcp|udp and number, closes the socket
// and prints the outcome.
import dgram from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';
import { createInterface } from 'node:readline';

async function outcomeOf(protocol, port) {
  const socket = protocol === 'tcp' ? net.createServer() : dgram.createSocket('udp4');
  const listening = once(socket, 'listening');
  if (protocol === 'tcp') socket.listen(port, '127.0.0.1');
  else socket.bind(port, '127.0.0.1');
  try {
    await listening;
  } catch (error) {
    return error.code;
  }
  const closed = once(socket, 'close');
  socket.close();
  await closed;
  return 'bound';
}

for await (const line of createInterface({ input: process.stdin })) {
  const [protocol, port] = line.split(' ');
  console.log(JSON.stringify(await outcomeOf(protocol, Number(port))));
}
