// SPDX-License-Identifier: MIT
// Listens on a simulated machine that exists only in the memory of this process: fail-in-memory.mjs port
import http from 'node:http';
import { RuntimePortReservation } from 'win-port-reservation';
import { install, SimulatedWindows } from 'win-port-reservation/simulator';
import 'win-port-reservation/explain';
import { hangLimitMs } from '../../shared/time-limits.mjs';

// However slow the machine is, the explanation is waited for.
process.env.WIN_PORT_RESERVATION_EXPLAIN_MS = String(hangLimitMs);

const port = Number(process.argv[2]);
const messageOf = (wanted) =>
  new Promise((resolve) => {
    http
      .createServer()
      .on('error', ({ message }) => resolve(message))
      .listen(wanted);
  });

const windows = new SimulatedWindows();
const simulation = install(windows);
windows.addForeignReservation({ protocol: 'tcp', startPort: port, numberOfPorts: 100 });
console.log(JSON.stringify(await messageOf(port)));
const reservation = await RuntimePortReservation.acquire({ protocol: 'tcp', startPort: port + 100, numberOfPorts: 2 });
console.log(JSON.stringify(await messageOf(port + 101)));
await reservation.release();
simulation.uninstall();
