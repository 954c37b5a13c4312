// SPDX-License-Identifier: MIT
// Makes the machine's file fail in the middle of a run, at each call in turn, and prints the outcome: meet-faults.mjs
// FAULT [exit]. Run with the preload of the simulated Windows.
import dgram from 'node:dgram';
import { once } from 'node:events';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import path from 'node:path';
import { Worker, isMainThread, parentPort } from 'node:worker_threads';
import { setImmediate } from 'node:timers/promises';
import { bind, listen, ReservationSocket, RuntimePortReservation } from 'win-port-reservation';

const [fault, ending] = process.argv.slice(2);
const file = path.resolve(process.env.WIN_PORT_RESERVATION_MACHINE);

function fail(code) {
  throw Object.assign(new Error(`${code}: the test wants it`), { code });
}

/** Writes the beginning of a line, as on a disk that is full then. */
function writePart([descriptor, bytes, offset, , position]) {
  original(descriptor, bytes, offset, 10, position);
  fail('ENOSPC');
}

/** Tells whether a read is of the machine's file. Node 26 reads modules by the same function. */
function isOfMachine([descriptor, bytes]) {
  return bytes.length > 0 && fs.fstatSync(descriptor).ino === fs.statSync(file).ino;
}

/** For each fault: the function of the file system, the calls of it that fail, and the error. */
const faults = {
  open: ['openSync', ([name]) => name === file, () => fail('EIO')],
  read: ['readSync', isOfMachine, () => fail('EIO')],
  parse: ['readSync', isOfMachine, ([, bytes]) => bytes.fill('?').length],
  write: ['writeSync', ([opened]) => opened > 2, (args) => writePart(args)],
  truncate: ['ftruncateSync', () => true, () => fail('EIO')],
  // The first is for a lock that is a folder, the second for one that is a file.
  lock: [
    process.platform === 'win32' ? 'openSync' : 'mkdirSync',
    ([name]) => String(name).startsWith(`${file}.lock`),
    () => fail('EACCES'),
  ],
};

let isFaulty = false;
const [name, concerns, outcome] = faults[fault];
const original = fs[name];
fs[name] = (...args) => (isFaulty && concerns(args) ? outcome(args) : original(...args));
syncBuiltinESMExports();

async function withFault(work) {
  isFaulty = true;
  try {
    return await work();
  } finally {
    isFaulty = false;
  }
}

const codeOf = (promise) =>
  promise.then(
    () => 'done',
    (error) => error.code,
  );
const warnings = [];
process.on('warning', ({ code, message }) => warnings.push(`${code} ${message.includes(file)}`));
/** Waits until pending warnings are out, and returns those since the last call. */
async function warned() {
  await setImmediate();
  return warnings.splice(0);
}
const host = '127.0.0.1';
const acquire = (startPort) => RuntimePortReservation.acquire({ protocol: 'tcp', numberOfPorts: 2, startPort });

async function listenOrdinarily(port) {
  const server = net.createServer();
  await once(server.listen(port, host), 'listening');
  const address = server.address();
  await once(server.close(), 'close');
  return address.port;
}

/** Returns the outcomes of an ordinary listen and an ordinary bind. Neither may leave the host's socket behind. */
async function bindOrdinarily() {
  const port = await listenOrdinarily(0);
  const server = net.createServer();
  const [error] = await withFault(() => once(server.listen(port, host), 'error'));
  await listenOrdinarily(port);
  const socket = dgram.createSocket('udp4');
  const [udpError] = await withFault(() => once(socket.bind(port, host), 'error'));
  await once(socket.close(), 'close');
  const again = dgram.createSocket('udp4');
  await once(again.bind(port, host), 'listening');
  again.close();
  return [error.code, udpError.code];
}

/** Returns the outcome of an ordinary listen at a port that the machine refuses. */
async function listenRefused(port) {
  const [error] = await withFault(() => once(net.createServer().listen(port, host), 'error'));
  return error.code;
}

/** Drops a reservation whose socket then cannot be closed; no caller waits for that. */
async function drop() {
  const dropped = new Promise((resolve) => {
    process.on('warning', ({ code }) => code === 'WPR_RESERVATION_DROPPED' && resolve('warned'));
  });
  await acquire();
  return withFault(async () => {
    for (let outcome; outcome === undefined; outcome = await Promise.race([dropped, setImmediate()])) globalThis.gc();
    // The socket is closed a turn later.
    for (let turn = 0; turn < 10; turn += 1) await setImmediate();
    return dropped;
  });
}

async function report() {
  const reservation = await acquire();
  const { startPort } = reservation;
  const outcomes = {};

  outcomes.acquire = await withFault(() => codeOf(acquire(startPort - 2)));
  // If the machine had kept the socket, the port would be taken now.
  const beside = await acquire(startPort - 2);
  outcomes.acquireWarned = await warned();

  const server = net.createServer();
  outcomes.listen = await withFault(() => codeOf(listen(server, reservation, { port: startPort, host })));
  outcomes.ordinarily = await bindOrdinarily();
  await warned();
  outcomes.refused = await listenRefused(startPort);
  outcomes.refusedWarned = await warned();
  // The host's socket is no longer bound.
  await listen(server, reservation, { port: startPort, host });

  const udp = await RuntimePortReservation.acquire({ protocol: 'udp', numberOfPorts: 1 });
  const socket = dgram.createSocket('udp4');
  outcomes.bind = await withFault(() => codeOf(bind(socket, udp, { port: udp.startPort, host })));
  await bind(socket, udp, { port: udp.startPort, host });

  const own = await ReservationSocket.open({ protocol: 'tcp' });
  await own.associatePortReservation(reservation.token);
  const port = startPort + 1;
  outcomes.bindOfOwn = await withFault(() => codeOf(own.bind({ port, host })));
  await own.bind({ port, host });
  await withFault(() => codeOf(own.close()));
  await listenOrdinarily(0);
  await warned();

  outcomes.close = await withFault(async () => {
    const closed = [server, socket].map((each) => once(each, 'close'));
    server.close();
    socket.close();
    await Promise.all(closed);
    return (await once(net.connect(startPort, host), 'error'))[0].code;
  });
  outcomes.closeWarned = await warned();

  await listenOrdinarily(0);
  outcomes.release = await withFault(() => codeOf(reservation.release()));
  // The machine learns as soon as possible which sockets were closed: the whole block can be acquired again, and bound.
  const again = await acquire(startPort);
  for (const each of [startPort, port]) await listen(net.createServer().unref(), again, { port: each, host });

  const worker = new Worker(new URL(import.meta.url), { argv: [fault] });
  const [portOfWorker] = await once(worker, 'message');
  await warned();
  await withFault(() => worker.terminate());
  outcomes.workerWarned = await warned();
  const afterWorker = await acquire(portOfWorker);

  outcomes.drop = await drop();

  await Promise.all([beside, udp, afterWorker].map((each) => each.release()));
  return outcomes;
}

if (!isMainThread) {
  const { startPort } = await acquire();
  parentPort.postMessage(startPort);
  setInterval(() => undefined, 60_000);
} else if (ending === 'exit') {
  await acquire();
  isFaulty = true;
  process.exit(7);
} else {
  console.log(JSON.stringify(await report()));
  process.exit();
}
