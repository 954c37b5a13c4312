// SPDX-License-Identifier: MIT
// Reserves one port and listens there, and reports how long that takes: first-reservation.mjs [--instant]
import net from 'node:net';
import { report } from '../lib/report-line.mjs';

const start = performance.now();
const { listen, RuntimePortReservation } = await import('win-port-reservation');
const imported = performance.now();
// Do not count the time for the stand-in of Windows, which is not part of the program.
if (process.argv[2] === '--instant') {
  await import('../lib/windows.mjs');
} else {
  const { install, SimulatedWindows } = await import('win-port-reservation/simulator');
  install(new SimulatedWindows());
}
const ready = performance.now();
const reservation = await RuntimePortReservation.acquire({ protocol: 'tcp', numberOfPorts: 1 });
const reserved = performance.now();
await listen(net.createServer(), reservation, { host: '127.0.0.1' });
const listening = performance.now();
report({
  import: imported - start,
  reserve: reserved - ready,
  listen: listening - reserved,
  total: listening - (ready - imported),
});
process.exit();
