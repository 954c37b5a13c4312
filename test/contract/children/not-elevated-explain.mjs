// SPDX-License-Identifier: MIT
// Prints what explainPort tells a process that is not elevated about a port, and the token if the port is in a
// persistent reservation: not-elevated-explain.mjs tcp|udp port [start count]
import http from 'node:http';
import { explainListenError, listen, PersistentPortReservation } from 'win-port-reservation';
import { explainInTime } from './explain-in-time.mjs';

const [protocol, port, startPort, numberOfPorts] = process.argv.slice(2);
console.log(JSON.stringify(await explainInTime({ protocol, port: Number(port), host: '127.0.0.1' })));
if (startPort !== undefined) {
  const block = { protocol, startPort: Number(startPort), numberOfPorts: Number(numberOfPorts) };
  const reservation = await PersistentPortReservation.lookup(block);
  for (const options of [{ port: Number(port) }, {}]) {
    const error = await listen(http.createServer(), reservation, options).catch((reason) => reason);
    console.log(JSON.stringify(await explainListenError(error)));
  }
}
