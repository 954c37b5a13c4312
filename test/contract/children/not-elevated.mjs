// SPDX-License-Identifier: MIT
// Tries what a process that is not elevated can do with a persistent reservation: not-elevated.mjs tcp|udp start count
import * as calls from 'win-port-reservation';

const [protocol, start, count] = process.argv.slice(2);
const block = [Number(start), Number(count)];
const functionOf = (direction) => calls[`${direction}Persistent${protocol === 'tcp' ? 'Tcp' : 'Udp'}PortReservation`];
const outcome = (promise) => promise.then(String, (error) => `${error.code} ${error.errno}`);

const token = await functionOf('lookup')(...block);
const socket = await calls.ReservationSocket.open({ protocol });
const report = {
  elevated: calls.isElevated(),
  lookup: { bigint: String(token) },
  associate: await outcome(socket.associatePortReservation(token)),
  create: await outcome(functionOf('create')(block[0] + block[1], 1)),
  remove: await outcome(functionOf('delete')(...block)),
};
await socket.close();
console.log(JSON.stringify(report));
