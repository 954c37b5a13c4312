// SPDX-License-Identifier: MIT
// Measures many calls at once: the cost of each, and the effect on other work on the thread pool.
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

/** koffi takes at most 4,096 calls at once. */
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
      // A single call has two speeds; use the slower one.
      goals: [{ name: ours, worseQuartile: count === 1, atMost: 1.1 }],
    });
    perCall[count] = results[ours];
  }
  // 1 is linear and 10 quadratic. The garbage collector, which has more to copy, makes it a little more than 1.
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

/** Runs a function while calls are under way that each stay in Windows for a while. */
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

/**
 * Measures how many of the four threads of the pool are left to others on average, and how long others wait for one.
 */
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

/** Measures the duration of other work that begins while the calls are under way. */
async function waitBeside(call, other) {
  const waits = [];
  for (let round = 0; round < 3; round += 1) waits.push(await beside(call, () => timeOf(other, 1)));
  return median(waits);
}

/** Keeps the pool busy with jobs of 20 ms while the calls are under way, and counts the jobs that ended by then. */
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

/** Measures the duration of a call that is made while others are stuck. */
async function behindStuckCalls() {
  const rows = [];
  for (const stuck of [1, 4, 16]) {
    bench.setDelay(2000);
    const calls = Array.from({ length: stuck }, () => ways[ours]());
    // Wait until all of them are stuck, each in its own lane.
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
