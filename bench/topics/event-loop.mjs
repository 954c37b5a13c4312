// SPDX-License-Identifier: MIT
// Measures how calls affect the event loop, and how a busy event loop affects calls.
import { setImmediate } from 'node:timers/promises';
import { bare, ours } from '../lib/names.mjs';
import { report } from '../lib/report-line.mjs';
import { inRounds } from '../lib/rounds.mjs';
import { median, quantile } from '../lib/statistics.mjs';
import { ways } from '../lib/ways.mjs';

const nothing = 'no calls';
const usual = { rounds: 15, warmUps: 1 };

/** Measures the longest turn of the event loop, from before the calls are made. */
async function longestStop(call) {
  let done = false;
  let last = performance.now();
  let longest = 0;
  const calls = Promise.all(Array.from({ length: 10_000 }, () => call())).then(() => (done = true));
  while (!done) {
    await setImmediate();
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  }
  await calls;
  return longest;
}

const perMillisecond = 5;
const steadyMs = 150;

/** Makes calls at a steady rate for a while, and returns the 99th percentile of the turns of the event loop. */
async function slowTurn(call) {
  const turns = [];
  const underWay = new Set();
  const start = performance.now();
  let made = 0;
  let last = start;
  while (last - start < steadyMs) {
    for (; call && made < (last - start) * perMillisecond; made += 1) {
      const one = call().then(() => underWay.delete(one));
      underWay.add(one);
    }
    await setImmediate();
    const now = performance.now();
    turns.push(now - last);
    last = now;
  }
  await Promise.all(underWay);
  return quantile(turns, 0.99) * 1000;
}

const blockMs = 5;

function work() {
  const start = performance.now();
  while (performance.now() - start < blockMs);
}

/** Measures the duration of a call while each turn of the event loop has work to do. */
async function whileBusy(call) {
  const times = [];
  for (let time = 0; time < 10; time += 1) {
    let done = false;
    const start = performance.now();
    const ended = call().then(() => {
      times.push(performance.now() - start);
      done = true;
    });
    while (!done) {
      work();
      await setImmediate();
    }
    await ended;
  }
  return median(times);
}

report({
  title: 'Longest stop of the event loop while 10,000 calls are made and settled',
  unit: 'ms',
  reference: bare,
  series: await inRounds({ [ours]: ways[ours], [bare]: ways[bare] }, longestStop, { rounds: 21, warmUps: 1 }),
  goals: [{ name: ours, atMost: 1.1 }],
});
report({
  title: `A slow turn of the event loop, one in a hundred, while ${perMillisecond} calls are made each millisecond`,
  unit: 'µs',
  reference: bare,
  series: await inRounds({ ...ways, [nothing]: undefined }, slowTurn, usual),
  goals: [{ name: ours, atMost: 1.1 }],
});
report({
  title: `A call while each turn of the event loop has ${blockMs} ms of work`,
  unit: 'ms',
  reference: bare,
  series: await inRounds(ways, whileBusy, usual),
  goals: [{ name: ours, atMost: 1.1 }],
});
process.exit();
