// SPDX-License-Identifier: MIT
// Measures the memory that ten thousand calls at once take in a process that made none before, what they leave, and
// whether that grows with more calls: memory.mjs package|bare
import { setImmediate } from 'node:timers/promises';
import v8 from 'node:v8';
import vm from 'node:vm';
import { lookupPersistentTcpPortReservation } from 'win-port-reservation';
import { report } from '../lib/report-line.mjs';
import { median } from '../lib/statistics.mjs';
import { bench } from '../lib/windows.mjs';

const count = 10_000;
const rounds = 10;
const call = {
  package: () => lookupPersistentTcpPortReservation(5000, 1),
  bare: bench.asyncCall('token'),
}[process.argv[2]];

v8.setFlagsFromString('--expose-gc');
const gc = vm.runInNewContext('gc');

async function memoryInUse() {
  for (let round = 0; round < 5; round += 1) {
    gc();
    await setImmediate();
  }
  return bench.privateBytes();
}

const runRounds = async (times) => {
  for (let round = 0; round < times; round += 1) await Promise.all(Array.from({ length: count }, () => call()));
};

await call();
const start = await memoryInUse();
const calls = Array.from({ length: count }, () => call());
const peak = bench.privateBytes();
await Promise.all(calls);
calls.length = 0;
const first = await memoryInUse();
// The heap and the pools of Node grow once to the size that they need.
await runRounds(50);
// Their size at a given moment varies by a megabyte.
const readings = [];
for (let reading = 0; reading < 9; reading += 1) {
  await runRounds(rounds);
  readings.push(await memoryInUse());
}
const grown = median(readings.slice(-3)) - median(readings.slice(0, 3));
report({ bytesPerCall: (peak - start) / count, left: first - start, grown, calls: count * rounds * 6 });
process.exit();
