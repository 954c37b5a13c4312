// SPDX-License-Identifier: MIT
// What ten thousand calls at once take, in a process that made none before, and what they leave: memory.mjs package|bare
import { setImmediate } from 'node:timers/promises';
import v8 from 'node:v8';
import vm from 'node:vm';
import { lookupPersistentTcpPortReservation } from 'win-port-reservation';
import { report } from '../lib/report-line.mjs';
import { bench } from '../lib/windows.mjs';

const count = 10_000;
const rounds = 30;
const call = {
  package: () => lookupPersistentTcpPortReservation(5000, 1),
  bare: () => bench.asyncWork('token'),
}[process.argv[2]];

v8.setFlagsFromString('--expose-gc');
const gc = vm.runInNewContext('gc');

async function residentMemory() {
  for (let round = 0; round < 3; round += 1) {
    gc();
    await setImmediate();
  }
  return process.memoryUsage().rss;
}

const runRounds = async (times) => {
  for (let round = 0; round < times; round += 1) await Promise.all(Array.from({ length: count }, call));
};

await call();
const start = await residentMemory();
const calls = Array.from({ length: count }, call);
const peak = process.memoryUsage().rss;
await Promise.all(calls);
calls.length = 0;
// The heap and the pools of Node grow to the size that they need once.
await runRounds(20);
const before = await residentMemory();
await runRounds(rounds);
report({ bytesPerCall: (peak - start) / count, left: (await residentMemory()) - before, calls: count * rounds });
process.exit();
