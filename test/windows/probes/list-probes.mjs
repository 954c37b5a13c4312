// SPDX-License-Identifier: MIT
// Probes of the lists of netsh.
import { listExcludedPortRanges } from 'win-port-reservation';
import { Unanswered } from './outcome.mjs';

/** Finds the row that contains a block, which may be longer if rows are adjacent. */
async function rowOf({ protocol, startPort, numberOfPorts }, options = {}) {
  const ranges = await listExcludedPortRanges({ protocol, ...options });
  return ranges.find((range) => range.startPort <= startPort && startPort + numberOfPorts - 1 <= range.endPort);
}

async function isListed(block, options) {
  return (await rowOf(block, options)) !== undefined;
}

async function hasStar(block) {
  const row = await rowOf(block);
  if (row === undefined) throw new Unanswered('netsh does not list it');
  return row.administered;
}

/** @type {Record<string, import('./run-probes.mjs').Probe>} */
export const listProbes = {
  listsPersistentReservations: {
    needsElevation: true,
    async run(stage) {
      const block = await stage.createPersistent();
      return {
        'ipv4, active': await isListed(block, { family: 4 }),
        'ipv6, active': await isListed(block, { family: 6 }),
        'ipv4, persistent': await isListed(block, { family: 4, store: 'persistent' }),
        'ipv6, persistent': await isListed(block, { family: 6, store: 'persistent' }),
      };
    },
  },

  starsPersistentReservations: {
    needsElevation: true,
    async run(stage) {
      return hasStar(await stage.createPersistent());
    },
  },

  listsRuntimeReservations: {
    async run(stage) {
      const block = await stage.acquire({ startPort: await stage.freeBlock(4), numberOfPorts: 4 });
      return { ipv4: await isListed(block, { family: 4 }), ipv6: await isListed(block, { family: 6 }) };
    },
  },

  starsRuntimeReservations: {
    async run(stage) {
      return hasStar(await stage.acquire({ startPort: await stage.freeBlock(4), numberOfPorts: 4 }));
    },
  },

  guestPortReservationsUnelevated: {
    async run(stage) {
      const number = await stage.notElevated('listGuests');
      if (number === null) throw new Unanswered('this Windows has no HcnEnumerateGuestNetworkPortReservations');
      return number;
    },
  },
};
