// SPDX-License-Identifier: MIT
// Many calls at once: what each costs, and what others on the thread pool notice of them.
import { pbkdf2 } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { compare, microseconds } from '../lib/compare.mjs';
import { bare, ours, throughKoffi } from '../lib/names.mjs';
import { report } from '../lib/report-line.mjs';
import { median } from '../lib/statistics.mjs';
import { bench } from '../lib/windows.mjs';
import { ways } from '../lib/ways.mjs';

const probeCall = bench.asyncCall('probe');
const atOnce = (call, count) => Promise.all(Array.from({ length: count }, () => call()));

/** koffi takes 4,096 at once and no more. */
const isPossible = (name, count) => name !== throughKoffi || count <= 4096;

async function costs() {
  const perCall = {};
  for (const count of [1, 10, 100, 1000, 10_000]) {
    const possible = Object.entries(ways).filter(([name]) => isPossible(name, count));
    const tasks = possible.map(([name, call]) => [name, { run: () => atOnce(call, count), per: count }]);
    const results = await compare(Object.fromEntries(tasks), { rounds: 9, timeMs: count < 1000 ? 40 : 150 });
    report({
      title: `${count.toLocaleString('en')} at once: each of them`,
      chart: 'many-calls',
      chartTitle: 'Calls at once: what each of them takes',
      chartNote: 'koffi: 4,096 and no more',
      xTitle: 'calls at once',
      x: count,
      unit: 'µs',
      reference: bare,
      series: microseconds(results),
      // One call has two speeds, of which the slower one is to be relied on.
      goals: [{ name: ours, worseQuartile: count === 1, atMost: 1.1 }],
    });
    perCall[count] = results[ours];
  }
  // Linear is 1. What is more is the collection of garbage, which has more to copy; quadratic would be 10.
  report({
    title: 'Ten thousand calls at once against a thousand: each of them',
    unit: 'µs',
    reference: 'of 1,000',
    series: microseconds({ 'of 10,000': perCall[10_000], 'of 1,000': perCall[1000] }),
    goals: [{ name: 'of 10,000', atMost: 2 }],
  });
}

const delayMs = 5;
const inFlight = 400;

/** Runs something while calls are under way that each stay in Windows for a while. */
async function beside(call, run) {
  bench.setDelay(delayMs);
  let done = call === undefined;
  const calls = call
    ? atOnce(call, inFlight).then(() => (done = true))
    : setTimeout(inFlight).then(() => (done = true));
  done = false;
  const result = await run(() => done);
  await calls;
  bench.setDelay(0);
  return result;
}

async function timeOf(run, times) {
  const results = [];
  for (let round = 0; round < times; round += 1) {
    const start = performance.now();
    await run();
    results.push(performance.now() - start);
  }
  return median(results);
}

/** How many threads of the pool are left to others on average, out of four, and how long others wait for one. */
async function poolShare() {
  const derive = promisify(pbkdf2);
  const others = {
    readFile: () => readFile('package.json'),
    pbkdf2: () => derive('password', 'salt', 1000, 32, 'sha256'),
  };
  const rows = [];
  let taken;
  for (const [name, call] of [['nothing', undefined], ...Object.entries(ways)]) {
    const left = await beside(call, threadsLeft);
    const waits = [];
    for (const other of Object.values(others)) waits.push(await waitBeside(call, other));
    const start = performance.now();
    await beside(call, () => undefined);
    rows.push([name, left, ...waits, performance.now() - start]);
    if (name === ours) taken = Math.max(0, (rows[0][1] - left) / rows[0][1]);
  }
  report({
    title: `Others on libuv's thread pool, beside ${inFlight} calls that stay in Windows for ${delayMs} ms each`,
    header: ['calls under way', 'threads left of four', 'readFile, ms', 'pbkdf2, ms', 'all calls, ms'],
    rows,
    goals: [{ name: `part of the pool that ${ours} takes`, value: taken, atMost: 0.25 }],
  });
}

/** How long something takes that somebody else begins while the calls are under way. */
async function waitBeside(call, other) {
  const waits = [];
  for (let round = 0; round < 3; round += 1) waits.push(await beside(call, () => timeOf(other, 1)));
  return median(waits);
}

/** Keeps the pool busy with jobs of 20 ms as long as the calls are under way, and counts those that ended by then. */
async function threadsLeft(isDone) {
  const start = performance.now();
  let ended = 0;
  const probe = async () => {
    while (!isDone()) {
      await probeCall();
      if (!isDone()) ended += 1;
    }
  };
  const probes = atOnce(probe, 8);
  while (!isDone()) await setTimeout(1);
  const milliseconds = performance.now() - start;
  await probes;
  return (ended * 20) / milliseconds;
}

/** How long a call takes that comes when others are stuck. */
async function behindStuckCalls() {
  const rows = [];
  for (const stuck of [1, 4, 16]) {
    bench.setDelay(2000);
    const calls = Array.from({ length: stuck }, () => ways[ours]());
    // Until all of them are stuck, each in a lane of its own.
    await setTimeout(200 + stuck * 50);
    bench.setDelay(0);
    const first = await timeOf(ways[ours], 1);
    const next = await timeOf(ways[ours], 50);
    rows.push([stuck, first, next]);
    await Promise.all(calls);
  }
  report({
    title: 'A call that comes when others are stuck in Windows',
    header: ['stuck calls', 'the first call, ms', 'those after it, ms'],
    rows,
    goals: [{ name: 'behind 16 stuck calls', value: rows.at(-1)[1], atMost: 50, unit: 'ms' }],
  });
}

await costs();
await poolShare();
await behindStuckCalls();
process.exit();
