// SPDX-License-Identifier: MIT
// Probes of acquiring blocks, and of the ports that Windows chooses.
import { getDynamicPortRange, PortReservationError } from 'win-port-reservation';
import { numberOf, Unanswered } from './outcome.mjs';

const maximalBlocks = 2000;

/**
 * Acquires UDP ports that Windows chooses, in blocks that get smaller as needed, until there are enough or no more.
 *
 * @param {import('./stage.mjs').Stage} stage
 * @param {{ enough: number, largest: number, smallest: number }} options In ports.
 */
async function acquireMany(stage, { enough, largest, smallest }) {
  const owner = await stage.open('udp');
  const blocks = [];
  let total = 0;
  for (let size = largest; size >= smallest && total < enough;) {
    if (blocks.length === maximalBlocks) throw new Unanswered(`${total} ports are already in ${maximalBlocks} blocks`);
    try {
      blocks.push(await owner.acquirePortReservation({ numberOfPorts: size }));
      total += size;
    } catch (error) {
      if (!(error instanceof PortReservationError)) throw error;
      size = Math.floor(size / 2);
    }
  }
  stage.notes.push(`${total} ports in ${blocks.length} blocks`);
  return blocks;
}

function isInside(blocks, port) {
  return blocks.some(({ startPort, numberOfPorts }) => startPort <= port && port < startPort + numberOfPorts);
}

/** @type {Record<string, import('./run-probes.mjs').Probe>} */
export const acquireProbes = {
  acquireOverPersistentReservation: {
    needsElevation: true,
    async run(stage) {
      const { startPort } = await stage.createPersistent(4);
      return numberOf((await stage.open()).acquirePortReservation({ startPort: startPort + 1, numberOfPorts: 2 }));
    },
  },

  acquireOverForeignReservation: {
    async run(stage) {
      const { startPort } = stage.foreignBlock('tcp');
      return numberOf((await stage.open()).acquirePortReservation({ startPort, numberOfPorts: 1 }));
    },
  },

  acquireInvalidBlock: {
    async run(stage) {
      const startPort = await stage.freeBlock(1);
      const acquire = (block) => stage.here('acquire', { protocol: 'tcp', ...block });
      return {
        '0 ports': await acquire({ startPort: 0, numberOfPorts: 0 }),
        '0 ports from a start port': await acquire({ startPort, numberOfPorts: 0 }),
        '2 ports from 65535': await acquire({ startPort: 65_535, numberOfPorts: 2 }),
      };
    },
  },

  acquireWithoutFreeRun: {
    async run(stage) {
      for (const numberOfPorts of [1, 64, 1000, 4096, 20_000, 40_000, 65_535]) {
        const socket = await stage.open();
        const number = await numberOf(socket.acquirePortReservation({ numberOfPorts }));
        await socket.close();
        if (number === 0) continue;
        stage.notes.push(`the first to fail: ${numberOfPorts} ports`);
        return number;
      }
      throw new Unanswered('every block could be acquired');
    },
  },

  acquireAfterBind: {
    async run(stage) {
      const socket = await stage.open();
      await socket.bind({ host: '127.0.0.1' });
      return numberOf(socket.acquirePortReservation({ numberOfPorts: 1 }));
    },
  },

  portZeroSkipsReservations: {
    async run(stage) {
      const { numberOfPorts } = await getDynamicPortRange({ protocol: 'udp' });
      const enough = Math.floor(numberOfPorts * 0.75);
      const blocks = await acquireMany(stage, { enough, largest: Math.ceil(numberOfPorts / 4), smallest: 16 });
      // Windows may also choose a port of a reservation and then refuse it.
      const isSkipped = ({ ports, failures }) => failures === 0 && !ports.some((port) => isInside(blocks, port));
      const args = { protocol: 'udp', count: 50 };
      return {
        'this process': isSkipped(await stage.here('bindToZero', args)),
        'another process': isSkipped(await stage.elsewhere('bindToZero', args)),
      };
    },
  },

  // It uses UDP, so that the machine can still make connections meanwhile.
  bindWithoutFreeDynamicPort: {
    async run(stage) {
      const { numberOfPorts } = await getDynamicPortRange({ protocol: 'udp' });
      const blocks = await acquireMany(stage, { enough: 65_535, largest: Math.ceil(numberOfPorts / 2), smallest: 1 });
      const number = await stage.here('bind', { protocol: 'udp', port: 0 });
      if (number === 0) throw new Unanswered('a bind to port 0 still succeeds');
      const inside = await stage.here('bind', { protocol: 'udp', port: blocks[0]?.startPort ?? 0 });
      if (number === inside) {
        throw new Unanswered(`it ends with ${number}, as a bind to a port of a reservation does`);
      }
      return number;
    },
  },
};
