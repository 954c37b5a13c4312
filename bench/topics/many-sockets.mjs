// SPDX-License-Identifier: MIT
// Measures what a program that holds many of them pays for each: the memory of a reservation and of a server inside one, the time
// of a bind among ten thousand, and of a connection among five thousand. Under Wine it runs as `many-sockets.mjs --instant`.
import dgram from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';
import { setImmediate, setTimeout } from 'node:timers/promises';
import v8 from 'node:v8';
import vm from 'node:vm';
import { bind, listen, RuntimePortReservation } from 'win-port-reservation';
import { nodesOwn, ours } from '../lib/names.mjs';
import { report } from '../lib/report-line.mjs';
import { median, ratiosOf } from '../lib/statistics.mjs';

const isInstant = process.argv[2] === '--instant';
const host = '127.0.0.1';
if (isInstant) await import('../lib/windows.mjs');
else {
  const { install, SimulatedWindows } = await import('win-port-reservation/simulator');
  // A range of its own, so that ten thousand ports can be reserved that the host gives to no client.
  install(new SimulatedWindows({ dynamicRange: { startPort: 10_000, numberOfPorts: 20_000 } }));
}

/** A block of ports; under Wine a token that is always accepted. */
const reserve = (protocol, numberOfPorts) =>
  isInstant ? { protocol, token: 1n } : RuntimePortReservation.acquire({ protocol, numberOfPorts });
const release = (reservation) => reservation.release?.();

v8.setFlagsFromString('--expose-gc');
const gc = vm.runInNewContext('gc');

async function heapUsed() {
  // A reservation keeps the frames of its stack for a moment.
  await setTimeout(200);
  for (let round = 0; round < 4; round += 1) {
    gc();
    await setImmediate();
  }
  return process.memoryUsage().heapUsed;
}

/** Returns how many files this process may open. Sockets count among them. */
function openFileLimit() {
  process.report.excludeNetwork = true;
  const { soft } = process.report.getReport().userLimits?.open_files ?? {};
  // Windows has no such limit, and elsewhere it may be "unlimited".
  return Number(soft) || Infinity;
}

/** Runs what opens so many sockets, or reports that the limit does not allow it. */
async function withSockets(title, count, run) {
  // Node has some files of its own.
  const needed = count + 100;
  const limit = openFileLimit();
  if (needed <= limit) return run(title);
  const why = `it opens ${needed} files, and the limit is ${limit}: run it after ulimit -n ${needed}`;
  report({ title, header: ['', ''], rows: [['not measured', why]] });
}

/** Returns the bytes of heap that each of `count` takes while it is held. */
async function bytesOfEach(count, make, close) {
  await close(await make());
  const before = await heapUsed();
  const held = [];
  for (let index = 0; index < count; index += 1) held.push(await make());
  const bytes = ((await heapUsed()) - before) / count;
  for (const each of held) await close(each);
  return bytes;
}

async function closeSocket(socket) {
  const closed = once(socket, 'close');
  socket.close();
  await closed;
}

async function listenPlainly() {
  const server = net.createServer();
  await once(server.listen(0, host), 'listening');
  return server;
}

async function bindPlainly() {
  const socket = dgram.createSocket('udp4');
  socket.bind(0, host);
  await once(socket, 'listening');
  return socket;
}

async function memory() {
  const count = 500;
  const reservation = await reserve('tcp', count + 1);
  const listenInside = async () => {
    const server = net.createServer();
    await listen(server, reservation, { host });
    return server;
  };
  const block = { protocol: 'udp', numberOfPorts: 1 };
  const held = await bytesOfEach(1000, () => RuntimePortReservation.acquire(block), release);
  // The first round pays for what is loaded once.
  const rounds = [];
  for (let round = 0; round < 4; round += 1) {
    const inside = await bytesOfEach(count, listenInside, closeSocket);
    rounds.push(inside - (await bytesOfEach(count, listenPlainly, closeSocket)));
  }
  await release(reservation);
  const more = median(rounds.slice(1));
  // The model of the simulated Windows is in the same heap.
  const goal = (name, value, atMost) => (isInstant ? [{ name, value, atMost, unit: 'bytes' }] : []);
  report({
    title: 'Memory of what is held',
    header: ['', 'bytes of heap'],
    rows: [
      ['a runtime reservation', held],
      ["a server in a reservation, over Node's own", more],
    ],
    goals: [...goal('a runtime reservation', held, 1024), ...goal("a server, over Node's own", more, 512)],
  });
}

/** Returns the microseconds of each bind: for the first sockets, and for the last of many. */
async function bindTimes(make, count) {
  const sockets = [];
  const times = [];
  const part = count / 10;
  for (let done = 0; done < count; done += part) {
    const start = performance.now();
    for (let index = 0; index < part; index += 1) sockets.push(await make());
    times.push((1000 * (performance.now() - start)) / part);
  }
  for (const socket of sockets) await closeSocket(socket);
  return { first: Math.min(...times.slice(0, 3)), last: Math.min(...times.slice(-3)) };
}

const boundAtOnce = isInstant ? 2000 : 10_000;

async function manyBinds(title) {
  const count = boundAtOnce;
  const series = {};
  // The first round warms up.
  for (let round = -1; round < 3; round += 1) {
    const reservation = await reserve('udp', count);
    const inside = async () => {
      const socket = dgram.createSocket('udp4');
      await bind(socket, reservation, { host });
      return socket;
    };
    for (const [name, make] of Object.entries({ [ours]: inside, [nodesOwn]: bindPlainly })) {
      const { first, last } = await bindTimes(make, round < 0 ? 1000 : count);
      if (round < 0) continue;
      (series[`${name}, the first`] ??= []).push(first);
      (series[`${name}, the last`] ??= []).push(last);
    }
    await release(reservation);
  }
  const growth = (name) => median(ratiosOf(series[`${name}, the last`], series[`${name}, the first`]));
  report({
    title,
    header: ['', 'µs for each of the first', 'µs for each of the last', 'ratio'],
    rows: [ours, nodesOwn].map((name) => [
      name,
      median(series[`${name}, the first`]),
      median(series[`${name}, the last`]),
      growth(name),
    ]),
    goals: [{ name: 'the last sockets of this package, of the first', value: growth(ours), atMost: 1.05 }],
  });
}

const connectionsAtOnce = isInstant ? 1000 : 5000;
const timedConnections = 500;

/** Returns the microseconds of a connection, while many others are open. */
async function connectionTime(server) {
  const accepted = [];
  server.on('connection', (socket) => accepted.push(socket));
  const { port } = server.address();
  const connect = async () => {
    const socket = net.connect(port, host);
    await once(socket, 'connect');
    return socket;
  };
  const sockets = [];
  for (let index = 0; index < connectionsAtOnce; index += 1) sockets.push(await connect());
  const start = performance.now();
  for (let index = 0; index < timedConnections; index += 1) sockets.push(await connect());
  const time = (1000 * (performance.now() - start)) / timedConnections;
  for (const socket of [...sockets, ...accepted]) socket.destroy();
  await closeSocket(server);
  return time;
}

async function manyConnections(title) {
  const series = { [ours]: [], [nodesOwn]: [] };
  for (let round = 0; round < 5; round += 1) {
    const reservation = await reserve('tcp', 1);
    const server = net.createServer();
    await listen(server, reservation, { host });
    const ways = [
      async () => series[ours].push(await connectionTime(server)),
      async () => series[nodesOwn].push(await connectionTime(await listenPlainly())),
    ];
    for (const way of round % 2 === 0 ? ways : ways.reverse()) await way();
    await release(reservation);
  }
  report({
    title,
    unit: 'µs',
    reference: nodesOwn,
    series,
    goals: [{ name: ours, atMost: 1.05 }],
  });
}

/** Acquiring and releasing must not take longer among many reservations. */
async function manyReservations() {
  const series = { '10 held': [], '1,000 held': [] };
  const block = { protocol: 'tcp', numberOfPorts: 1 };
  const held = [];
  const timeAmong = async (count) => {
    while (held.length < count) held.push(await RuntimePortReservation.acquire(block));
    while (held.length > count) await held.pop().release();
    const start = performance.now();
    for (let index = 0; index < 200; index += 1) await (await RuntimePortReservation.acquire(block)).release();
    return (1000 * (performance.now() - start)) / 200;
  };
  await timeAmong(10);
  for (let round = 0; round < 9; round += 1) {
    series['10 held'].push(await timeAmong(10));
    series['1,000 held'].push(await timeAmong(1000));
  }
  for (const each of held) await each.release();
  report({
    title: 'A reservation acquired and released, while others are held',
    unit: 'µs',
    reference: '10 held',
    series,
    goals: [{ name: '1,000 held', atMost: 1.05 }],
  });
}

await memory();
await manyReservations();
const text = (count) => count.toLocaleString('en');
await withSockets(`Binding ${text(boundAtOnce)} UDP sockets`, boundAtOnce, manyBinds);
// Both ends of a connection are in this process.
const ends = 2 * (connectionsAtOnce + timedConnections);
await withSockets(`A connection, while ${text(connectionsAtOnce)} others are open`, ends, manyConnections);
process.exit();
