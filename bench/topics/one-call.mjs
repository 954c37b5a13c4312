// SPDX-License-Identifier: MIT
// What one call costs, beside the same call in C, behind the barest asynchronous addon, through koffi, and as a process.
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import * as wpr from 'win-port-reservation';
import { compare, inUnits, microseconds } from '../lib/compare.mjs';
import { loadKoffi } from '../lib/koffi.mjs';
import { report } from '../lib/report-line.mjs';
import { bench } from '../lib/windows.mjs';

const ours = 'this package';
const bare = 'bare napi_async_work';
const koffiAsync = 'koffi, asynchronous';
const koffiSync = 'koffi, synchronous';
const inC = 'a loop in C';

const koffi = await loadKoffi();
const bareCalls = Object.fromEntries(
  ['token', 'done', 'open', 'close', 'acquire', 'associate', 'release', 'bind'].map((which) => [
    which,
    (...args) => bench.asyncWork(which, ...args),
  ]),
);

/** What runs so often at a time that the clock is fine enough for it. */
function loop(run, per) {
  return {
    per,
    run() {
      for (let time = 0; time < per; time += 1) run();
    },
  };
}

/**
 * One call, or a few in a row, every way.
 *
 * @param {() => Promise<unknown>} run Through this package.
 * @param {(calls: object, socket?: unknown) => unknown} runWith Through the calls of another; may return a promise.
 * @param {string} [which] The same in a loop in C. Without it, no loops.
 * @param {{ sockets?: object, perLoop?: number }} [options] The sockets that `runWith` gets, and how often in a row.
 */
function everyWay(run, runWith, which, { sockets = {}, perLoop = 1000 } = {}) {
  const asynchronous = {
    [ours]: { run },
    [bare]: { run: () => runWith(bareCalls, sockets.bare) },
    [koffiAsync]: { run: () => runWith(koffi.async, sockets.koffi) },
  };
  if (which === undefined) return asynchronous;
  return {
    ...asynchronous,
    [koffiSync]: loop(() => runWith(koffi.sync, sockets.koffi), perLoop),
    [inC]: { run: () => ({ overriddenDuration: bench.loop(perLoop, which) / 1e6 }), per: perLoop },
  };
}

async function oneCall() {
  const tasks = everyWay(
    () => wpr.lookupPersistentTcpPortReservation(5000, 1),
    (calls) => calls.token(),
    'token',
  );
  const results = await compare(tasks, { rounds: 25, timeMs: 100 });
  report({
    title: 'One call: lookupPersistentTcpPortReservation',
    chart: 'one-call',
    logarithmic: true,
    unit: 'µs',
    reference: bare,
    series: microseconds(results),
    goals: [{ name: ours, atMost: 1.1 }],
  });
  report({
    title: 'One call: against koffi',
    unit: 'µs',
    reference: koffiAsync,
    series: microseconds({ [ours]: results[ours], [koffiAsync]: results[koffiAsync] }),
    goals: [{ name: ours, atMost: 1 }],
  });
}

/** Several calls in a row, whether they return promises or not: what waits for promises would be no loop. */
const inARow = (calls, steps) => {
  const socket = calls.open();
  if (!(socket instanceof Promise)) return steps.forEach((step) => calls[step](socket));
  return (async () => {
    const opened = await socket;
    for (const step of steps) await calls[step](opened);
  })();
};

/** The calls of the Winsock side: on one socket, or on one that is made for them and closed. */
async function socketCalls() {
  const open = () => wpr.ReservationSocket.open({ protocol: 'tcp' });
  const socket = await open();
  const sockets = { bare: await bareCalls.open(), koffi: koffi.sync.open() };
  const token = 1n;
  const few = { perLoop: 20 };
  const acquire = everyWay(
    async () => socket.releasePortReservation((await socket.acquirePortReservation({ numberOfPorts: 1 })).token),
    async (calls, own) => {
      await calls.acquire(own);
      await calls.release(own);
    },
    undefined,
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
      (calls) => inARow(calls, ['close']),
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
      (calls) => inARow(calls, ['associate', 'bind', ...(calls.address ? ['address'] : []), 'close']),
      'openBindClose',
      few,
    ),
    'RuntimePortReservation.acquire, release': everyWay(
      async () => (await wpr.RuntimePortReservation.acquire({ protocol: 'tcp', numberOfPorts: 1 })).release(),
      (calls) => inARow(calls, ['acquire', 'close']),
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
      name,
      columns: [ours, bare, koffiAsync, koffiSync, inC],
      unit: 'µs',
      reference: bare,
      series: microseconds(results),
      goals: [{ name: ours, atMost: 1.1 }],
    });
  }
}

async function processes() {
  const run = promisify(execFile);
  const system = path.join(process.env.SystemRoot, 'System32');
  const netsh = ['int', 'ipv4', 'show', 'excludedportrange', 'tcp'];
  const results = await compare(
    {
      [ours]: { run: () => wpr.lookupPersistentTcpPortReservation(5000, 1) },
      'cmd /d /c exit': { run: () => run(path.join(system, 'cmd.exe'), ['/d', '/c', 'exit']) },
      'netsh int ipv4 show excludedportrange': { run: () => run(path.join(system, 'netsh.exe'), netsh) },
    },
    { rounds: 5, timeMs: 100 },
  );
  report({
    title: 'One call against starting a process',
    unit: 'ms',
    reference: ours,
    series: inUnits(results, 1),
    goals: Object.keys(results)
      .filter((name) => name !== ours)
      .map((name) => ({ name, atLeast: 100 })),
  });
}

await oneCall();
await everyCall();
await processes();
process.exit();
