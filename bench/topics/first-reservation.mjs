// SPDX-License-Identifier: MIT
// A program that reserves one port, and how long that was after its process began: first-reservation.mjs [--instant]
import { report } from '../lib/report-line.mjs';

if (process.argv[2] === '--instant') {
  await import('../lib/windows.mjs');
} else {
  const { install, SimulatedWindows } = await import('win-port-reservation/simulator');
  install(new SimulatedWindows());
}
const ready = performance.now();
const { RuntimePortReservation } = await import('win-port-reservation');
const imported = performance.now();
await RuntimePortReservation.acquire({ protocol: 'tcp', numberOfPorts: 1 });
const reserved = performance.now();
report({ import: imported - ready, reserve: reserved - imported, total: reserved });
process.exit();
