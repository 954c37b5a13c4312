// SPDX-License-Identifier: MIT
// What one call costs, beside the same call in C, behind the barest asynchronous addon, through koffi, and as a process.
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import * as wpr from 'win-port-reservation';
import { compare, inUnits, microseconds } from '../lib/compare.mjs';
import { report } from '../lib/report-line.mjs';
import { bench, loadKoffi } from '../lib/windows.mjs';

const perLoop = 1000;
const bare = 'bare napi_async_work';
const ours = 'this package';

async function everyWay() {
  const koffi = await loadKoffi();
  const inLoop = (run) => ({ run, per: perLoop });
  const results = await compare(
    {
      [ours]: { run: () => wpr.lookupPersistentTcpPortReservation(5000, 1) },
      [bare]: { run: () => bench.asyncWork('token') },
      'koffi, asynchronous': { run: koffi.tokenAsync },
      'koffi, synchronous': inLoop(() => {
        for (let call = 0; call < perLoop; call += 1) koffi.token();
      }),
      'a loop in C': inLoop(() => ({ overriddenDuration: bench.loop(perLoop, 'token') / 1e6 })),
    },
    { rounds: 25, timeMs: 100 },
  );
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
    reference: 'koffi, asynchronous',
    series: microseconds({ [ours]: results[ours], 'koffi, asynchronous': results['koffi, asynchronous'] }),
    goals: [{ name: ours, atMost: 1 }],
  });
}

/** Calls on a socket that is made for them, each beside the barest addon that makes the same calls of Winsock. */
async function socketCalls() {
  const socket = await wpr.ReservationSocket.open({ protocol: 'tcp' });
  const bareSocket = await bench.asyncWork('open');
  const token = 1n;
  return {
    'ReservationSocket.open, close': [
      async () => (await wpr.ReservationSocket.open({ protocol: 'tcp' })).close(),
      async () => bench.asyncWork('close', await bench.asyncWork('open')),
    ],
    acquirePortReservation: [
      () => socket.acquirePortReservation({ numberOfPorts: 1 }),
      () => bench.asyncWork('acquire', bareSocket),
    ],
    associatePortReservation: [
      () => socket.associatePortReservation(token),
      () => bench.asyncWork('associate', bareSocket, token),
    ],
    releasePortReservation: [
      () => socket.releasePortReservation(token),
      () => bench.asyncWork('release', bareSocket, token),
    ],
    'RuntimePortReservation.acquire, release': [
      async () => (await wpr.RuntimePortReservation.acquire({ protocol: 'tcp', numberOfPorts: 1 })).release(),
      async () => bench.asyncWork('close', await bench.asyncWork('openAcquired')),
    ],
  };
}

async function everyCall() {
  const persistent = ['create', 'lookup', 'delete'].flatMap((direction) =>
    ['Tcp', 'Udp'].map((protocol) => {
      const name = `${direction}Persistent${protocol}PortReservation`;
      const which = direction === 'delete' ? 'done' : 'token';
      return [name, [() => wpr[name](5000, 1), () => bench.asyncWork(which)]];
    }),
  );
  for (const [name, [run, runBare]] of [...persistent, ...Object.entries(await socketCalls())]) {
    const results = await compare({ [ours]: { run }, [bare]: { run: runBare } }, { rounds: 15, timeMs: 40 });
    report({
      title: 'Every call',
      name,
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

await everyWay();
await everyCall();
await processes();
process.exit();
