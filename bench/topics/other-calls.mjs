// SPDX-License-Identifier: MIT
// Measures the other calls, some of them beside a lower bound, and the start of a process that would replace them.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import * as wpr from 'win-port-reservation';
import { compare, inUnits, microseconds } from '../lib/compare.mjs';
import { bare, nodesOwn, ours } from '../lib/names.mjs';
import { report } from '../lib/report-line.mjs';
import { summaryOf } from '../lib/statistics.mjs';
import { bench } from '../lib/windows.mjs';

const host = '127.0.0.1';

/** No process has the port, so no names are looked up, which the bare addon does not do either. */
async function owners() {
  const tasks = {
    [ours]: { run: () => wpr.listPortOwners({ protocol: 'tcp', port: 1 }) },
    [bare]: { run: bench.asyncCall('owners') },
  };
  report({
    title: 'listPortOwners of one port of TCP',
    note: 'Nearly all of it is Wine, which looks for the owner of every socket of the system.',
    unit: 'µs',
    reference: bare,
    difference: true,
    series: microseconds(await compare(tasks, { rounds: 11, timeMs: 100 })),
    goals: [{ name: ours, worseQuartile: true, atMost: 1.1 }],
  });
}

/** Measures the time to connect to a server, from a reservation or with Node's own call. */
async function connections() {
  const server = net.createServer((socket) => socket.resume().on('error', () => undefined));
  server.listen(0, host);
  await once(server, 'listening');
  const { port } = server.address();
  const timed = (connect) => ({
    async run() {
      const begin = performance.now();
      const socket = await connect();
      const overriddenDuration = performance.now() - begin;
      socket.resetAndDestroy();
      await once(socket, 'close');
      return { overriddenDuration };
    },
  });
  const plainly = async () => {
    const socket = net.connect({ host, port });
    await once(socket, 'connect');
    return socket;
  };
  const tasks = {
    [ours]: timed(() => wpr.connect({ protocol: 'tcp', token: 1n }, { host, port })),
    [nodesOwn]: timed(plainly),
  };
  report({
    title: 'Until connect() is connected',
    unit: 'µs',
    reference: nodesOwn,
    difference: true,
    series: microseconds(await compare(tasks, { rounds: 11, timeMs: 15 })),
    goals: [{ name: ours, atMost: 1.5 }],
  });
  server.close();
}

async function others() {
  const block = { protocol: 'tcp', startPort: 5000, numberOfPorts: 1 };
  const pair = { startPort: 5000, numberOfPorts: 1 };
  const calls = {
    'isElevated, synchronous': () => wpr.isElevated(),
    listGuestPortReservations: () => wpr.listGuestPortReservations(),
    'PersistentPortReservation.lookup': () => wpr.PersistentPortReservation.lookup(block),
    'PersistentPortReservation.ensure, of one that is there': () => wpr.PersistentPortReservation.ensure(block),
    'PersistentPortReservationPair.ensure, of one that is there': () => wpr.PersistentPortReservationPair.ensure(pair),
    'RuntimePortReservationPair.acquire, release': async () =>
      (await wpr.RuntimePortReservationPair.acquire({ numberOfPorts: 1 })).release(),
  };
  const tasks = Object.fromEntries(Object.entries(calls).map(([name, run]) => [name, { run }]));
  const results = microseconds(await compare(tasks, { rounds: 9, timeMs: 30 }));
  report({
    title: 'Other calls, for which there is no floor',
    header: ['', 'µs', 'half of the rounds'],
    rows: Object.entries(results).map(([name, values]) => {
      const { median, low, high } = summaryOf(values);
      return [name, median, `${low.toFixed(1)} to ${high.toFixed(1)}`];
    }),
  });
}

async function mostExpensive() {
  const socket = await wpr.ReservationSocket.open({ protocol: 'tcp' });
  await socket.associatePortReservation(1n);
  await socket.bind({ host });
  await socket.close();
}

async function processes() {
  const run = promisify(execFile);
  const system = path.join(process.env.SystemRoot, 'System32');
  const netsh = ['int', 'ipv4', 'show', 'excludedportrange', 'tcp'];
  const calls = {
    lookupPersistentTcpPortReservation: () => wpr.lookupPersistentTcpPortReservation(5000, 1),
    'ReservationSocket.open, associate, bind, close': mostExpensive,
  };
  const started = {
    'cmd /d /c exit': { run: () => run(path.join(system, 'cmd.exe'), ['/d', '/c', 'exit']) },
    'netsh int ipv4 show excludedportrange': { run: () => run(path.join(system, 'netsh.exe'), netsh) },
  };
  const [cheapest] = Object.keys(calls);
  for (const [name, call] of Object.entries(calls)) {
    const results = await compare({ [ours]: { run: call }, ...started }, { rounds: 5, timeMs: 100 });
    report({
      title: 'Calls against starting a process',
      note: 'The goal, a hundredth of a process, is one of a call to Windows. Four calls in a row have none.',
      name,
      unit: 'ms',
      reference: ours,
      series: inUnits(results, 1),
      goals: name === cheapest ? Object.keys(started).map((other) => ({ name: other, atLeast: 100 })) : [],
    });
  }
}

await owners();
await connections();
await others();
await processes();
process.exit();
