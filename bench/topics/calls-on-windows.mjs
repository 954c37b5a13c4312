// SPDX-License-Identifier: MIT
// Measures calls on this Windows, real or under Wine, beside a call of Node's own that also takes one trip to the thread
// pool. It changes nothing that lasts, and needs no elevation.
import { stat } from 'node:fs/promises';
import {
  listPortOwners,
  lookupPersistentTcpPortReservation,
  PortReservationError,
  ReservationSocket,
  RuntimePortReservation,
} from 'win-port-reservation';
import { compare, microseconds } from '../lib/compare.mjs';
import { report } from '../lib/report-line.mjs';

const reference = 'fs.stat';
const block = { protocol: 'tcp', numberOfPorts: 4 };
const held = await RuntimePortReservation.acquire(block);

/** Looks up a block that is reserved in another way, so that no persistent reservation of it can exist. */
async function lookUp() {
  try {
    await lookupPersistentTcpPortReservation(held.startPort, held.numberOfPorts);
  } catch (error) {
    if (!(error instanceof PortReservationError) || error.code !== 'ERROR_NOT_FOUND') throw error;
  }
}

const tasks = {
  [reference]: { run: () => stat(import.meta.filename) },
  'look up a persistent reservation': { run: lookUp },
  'list the owners of one port': { run: () => listPortOwners({ protocol: 'tcp', port: held.startPort }) },
  'open, associate, bind and close a socket': {
    async run() {
      const socket = await ReservationSocket.open({ protocol: 'tcp' });
      try {
        await socket.associatePortReservation(held.token);
        await socket.bind({ host: '127.0.0.1', port: 0 });
      } finally {
        await socket.close();
      }
    },
  },
  'acquire and release a runtime reservation': {
    async run() {
      await (await RuntimePortReservation.acquire(block)).release();
    },
  },
};
try {
  const results = await compare(tasks, { rounds: 7, timeMs: 100 });
  report({ title: 'Calls on this Windows', unit: 'µs', reference, series: microseconds(results) });
} finally {
  await held.release();
}
