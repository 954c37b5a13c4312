// SPDX-License-Identifier: MIT
// Measures the cost of one call beside the same call in C, through the simplest asynchronous addon, and through koffi.
import * as wpr from 'win-port-reservation';
import { compare, microseconds } from '../lib/compare.mjs';
import { loadKoffi } from '../lib/koffi.mjs';
import { bare, ours, throughKoffi } from '../lib/names.mjs';
import { report } from '../lib/report-line.mjs';
import { median, ratiosOf } from '../lib/statistics.mjs';
import { bench } from '../lib/windows.mjs';

const koffiSync = 'koffi, synchronous';
const inC = 'a loop in C';

const koffi = await loadKoffi();
const bareCalls = Object.fromEntries(
  ['token', 'done', 'open', 'openAcquired', 'close', 'acquire', 'associate', 'release', 'bind'].map((which) => [
    which,
    bench.asyncCall(which),
  ]),
);

/** Repeats a call so often that the clock is precise enough. */
function loop(run, per) {
  return {
    per,
    run() {
      for (let time = 0; time < per; time += 1) run();
    },
  };
}

/**
 * Measures one call, or a few in a row, in every way.
 *
 * @param {() => Promise<unknown>} run Makes the call through this package.
 * @param {(calls: object, socket?: unknown) => unknown} runWith Makes the call through the given calls; may return a
 * promise.
 * @param {string} which The name of the same call in a loop in C.
 * @param {{ sockets?: object, perLoop?: number, perLoopInC?: number }} [options] The sockets that `runWith` gets, and
 * the number of calls in a row.
 */
function everyWay(run, runWith, which, { sockets = {}, perLoop = 1000, perLoopInC = 100_000 } = {}) {
  return {
    [ours]: { run },
    [bare]: { run: () => runWith(bareCalls, sockets.bare) },
    [throughKoffi]: { run: () => runWith(koffi.async, sockets.koffi) },
    [koffiSync]: loop(() => runWith(koffi.sync, sockets.koffi), perLoop),
    [inC]: { run: () => ({ overriddenDuration: bench.loop(perLoopInC, which) / 1e6 }), per: perLoopInC },
  };
}

/** Returns the duration of a call in the fast rounds and in the slow ones; the caller cannot choose between them. */
function reportSpeeds(series) {
  const ratios = ratiosOf(series[ours], series[bare]);
  const speeds = { fast: (ratio) => ratio < 0.5, slow: (ratio) => ratio >= 0.5 };
  const rows = Object.entries(speeds).flatMap(([name, belongs]) => {
    const rounds = ratios
      .keys()
      .filter((round) => belongs(ratios[round]))
      .toArray();
    if (rounds.length === 0) return [];
    const middle = (values) => median(rounds.map((round) => values[round]));
    return [[name, rounds.length, middle(series[ours]), middle(series[bare]), middle(ratios)]];
  });
  const slow = rows.find(([name]) => name === 'slow');
  report({
    title: 'One call: its two speeds',
    note: 'A round is fast when a call takes less than half of what the bare addon takes. Do not rely on it.',
    header: ['rounds', 'how many', `${ours}, µs`, `${bare}, µs`, 'ratio'],
    rows,
    goals: slow ? [{ name: 'ratio in the slow rounds', value: slow.at(-1), atMost: 1.1 }] : [],
  });
}

async function oneCall() {
  const tasks = everyWay(
    () => wpr.lookupPersistentTcpPortReservation(5000, 1),
    (calls) => calls.token(),
    'token',
  );
  const series = microseconds(await compare(tasks, { rounds: 25, timeMs: 100 }));
  report({
    title: 'One call: lookupPersistentTcpPortReservation',
    chart: 'one-call',
    logarithmic: true,
    unit: 'µs',
    reference: bare,
    series,
    goals: [{ name: ours, worseQuartile: true, atMost: 1.1 }],
  });
  reportSpeeds(series);
  report({
    title: 'One call: against koffi',
    unit: 'µs',
    reference: throughKoffi,
    series: { [ours]: series[ours], [throughKoffi]: series[throughKoffi] },
    goals: [{ name: ours, atMost: 1 }],
  });
}

/**
 * Makes several calls in a row, whether they return promises or not; awaiting each result would not be a loop.
 *
 * @param {object} calls
 * @param {string[]} steps The calls; without a socket, the first one makes it.
 * @param {unknown} [own]
 */
function inARow(calls, steps, own) {
  const [first, ...rest] = own === undefined ? steps : [undefined, ...steps];
  const socket = own ?? calls[first]();
  if (calls === koffi.sync) return rest.forEach((step) => calls[step](socket));
  return (async () => {
    const opened = await socket;
    for (const step of rest) await calls[step](opened);
  })();
}

/** Measures the Winsock calls: on one socket, or on a socket that is made for them and closed. */
async function socketCalls() {
  const open = () => wpr.ReservationSocket.open({ protocol: 'tcp' });
  const socket = await open();
  const sockets = { bare: await bareCalls.open(), koffi: koffi.sync.open() };
  const token = 1n;
  // Making a socket takes long.
  const few = { perLoop: 20, perLoopInC: 20 };
  const acquire = everyWay(
    async () => socket.releasePortReservation((await socket.acquirePortReservation({ numberOfPorts: 1 })).token),
    (calls, own) => inARow(calls, ['acquire', 'release'], own),
    'acquireRelease',
    { sockets },
  );
  return {
    'acquirePortReservation, releasePortReservation': acquire,
    associatePortReservation: everyWay(
      () => socket.associatePortReservation(token),
      (calls, own) => calls.associate(own),
      'associate',
      { sockets },
    ),
    releasePortReservation: everyWay(
      () => socket.releasePortReservation(token),
      (calls, own) => calls.release(own),
      'release',
      { sockets },
    ),
    'ReservationSocket.open, close': everyWay(
      async () => (await open()).close(),
      (calls) => inARow(calls, ['open', 'close']),
      'openClose',
      few,
    ),
    'ReservationSocket.open, associate, bind, close': everyWay(
      async () => {
        const own = await open();
        await own.associatePortReservation(token);
        await own.bind({ host: '127.0.0.1' });
        await own.close();
      },
      (calls) => inARow(calls, ['open', 'associate', 'bind', ...(calls.address ? ['address'] : []), 'close']),
      'openBindClose',
      few,
    ),
    'RuntimePortReservation.acquire, release': everyWay(
      async () => (await wpr.RuntimePortReservation.acquire({ protocol: 'tcp', numberOfPorts: 1 })).release(),
      (calls) => inARow(calls, calls.openAcquired ? ['openAcquired', 'close'] : ['open', 'acquire', 'close']),
      'openAcquireClose',
      few,
    ),
  };
}

function persistentCalls() {
  const calls = {};
  for (const verb of ['create', 'lookup', 'delete']) {
    const which = verb === 'delete' ? 'done' : 'token';
    for (const protocol of ['Tcp', 'Udp']) {
      const name = `${verb}Persistent${protocol}PortReservation`;
      calls[name] = everyWay(
        () => wpr[name](5000, 1),
        (others) => others[which](),
        which,
      );
    }
  }
  return calls;
}

async function everyCall() {
  for (const [name, tasks] of Object.entries({ ...persistentCalls(), ...(await socketCalls()) })) {
    const results = await compare(tasks, { rounds: 15, timeMs: 30 });
    report({
      title: 'Every call, and what it takes every way',
      note:
        'The bare addon makes as many trips to a thread as this package. koffi makes one for each function of Windows: ' +
        'three to acquire and release as `RuntimePortReservation` does, which takes this package two.',
      name,
      columns: [ours, bare, throughKoffi, koffiSync, inC],
      unit: 'µs',
      reference: bare,
      series: microseconds(results),
      goals: [
        { name: ours, worseQuartile: true, atMost: 1.1 },
        { name: ours, reference: throughKoffi, atMost: 1 },
      ],
    });
  }
}

await oneCall();
await everyCall();
process.exit();
