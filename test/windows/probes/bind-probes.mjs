// SPDX-License-Identifier: MIT
// Probes of binding inside reservations, and of sockets that outlive them.
import { once } from 'node:events';
import net from 'node:net';
import { deletePersistentTcpPortReservation, errorCodes, listen } from 'win-port-reservation';
import { hangLimitMs } from '../../shared/time-limits.mjs';
import { numberOf, Unanswered } from './outcome.mjs';

const host = '127.0.0.1';
const otherFamily = { 4: 6, 6: 4 };

/** Tells whether a server on this port still answers. */
async function answers(port) {
  const socket = net.connect({ port, host });
  try {
    await once(socket, 'data', { signal: AbortSignal.timeout(hangLimitMs / 10) });
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/**
 * Tells whether sockets that are bound inside a reservation, a server and a bound socket, still work after it has
 * ended.
 */
async function survive(stage, token, end) {
  const server = net.createServer((socket) => socket.end('still here'));
  const { port } = await listen(server, { protocol: 'tcp', token }, { host });
  stage.defer(() => new Promise((resolve) => server.close(resolve)));
  const bound = await stage.associate(token);
  await bound.bind({ host });
  await end();
  const isAnswering = await answers(port);
  const number = await numberOf(bound.acquirePortReservation({ numberOfPorts: 1 }));
  return { 'a server answers': isAnswering, 'a socket is there': number !== errorCodes.WSAENOTSOCK.errorNumber };
}

/** @type {Record<string, import('./run-probes.mjs').Probe>} */
export const bindProbes = {
  bindInsidePersistentReservation: {
    needsElevation: true,
    async run(stage) {
      const { protocol, startPort } = await stage.createPersistent();
      const elevated = await stage.here('bind', { protocol, port: startPort });
      try {
        return { elevated, 'not elevated': await stage.notElevated('bind', { protocol, port: startPort + 1 }) };
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error;
        stage.notes.push(error.message);
        return { elevated };
      }
    },
  },

  bindInsideRuntimeReservation: {
    async run(stage) {
      const { protocol, startPort } = await stage.acquire();
      return stage.elsewhere('bind', { protocol, port: startPort });
    },
  },

  bindInsideOwnRuntimeReservation: {
    async run(stage) {
      const { protocol, startPort } = await stage.acquire();
      return stage.here('bind', { protocol, port: startPort });
    },
  },

  reservationsCoverBothFamilies: {
    async run(stage) {
      const keepsOut = async (family) => {
        const { protocol, startPort } = await stage.acquire({ family });
        const bind = (other, port) => stage.elsewhere('bind', { protocol, family: other, port });
        if ((await bind(family, startPort)) === 0)
          throw new Unanswered('sockets of the same family are not kept out either');
        return (await bind(otherFamily[family], startPort + 1)) !== 0;
      };
      return { 'IPv4 keeps IPv6 out': await keepsOut(4), 'IPv6 keeps IPv4 out': await keepsOut(6) };
    },
  },

  wildcardAndSpecificBindsCoexist: {
    async run(stage) {
      const cases = [
        [4, '0.0.0.0', '127.0.0.1'],
        [4, '127.0.0.1', '0.0.0.0'],
        [6, '::', '::1'],
        [6, '::1', '::'],
      ];
      const answers = {};
      for (const [family, first, second] of cases) {
        const port = await stage.freeBlock(1);
        const socket = await stage.open('tcp', family);
        await socket.bind({ port, host: first, ipv6Only: family === 6 });
        const number = await stage.here('bind', { protocol: 'tcp', family, port, host: second });
        stage.notes.push(`${second} after ${first}: ${number}`);
        answers[`${second} after ${first}`] = number === 0;
      }
      return answers;
    },
  },

  bindOutsideAssociatedBlock: {
    async run(stage) {
      const { token } = await stage.acquire();
      const port = await stage.freeBlock(1);
      return numberOf((await stage.associate(token)).bind({ port, host }));
    },
  },

  bindInFullBlock: {
    async run(stage) {
      const { token } = await stage.acquire({ numberOfPorts: 1 });
      await (await stage.associate(token)).bind({ host });
      return numberOf((await stage.associate(token)).bind({ host }));
    },
  },

  bindAfterReservationEnded: {
    async run(stage) {
      const bindAfter = async (end) => {
        const { owner, token } = await stage.acquire();
        const socket = await stage.associate(token);
        await end(owner, token);
        return numberOf(socket.bind({ host }));
      };
      return {
        'the block is released': await bindAfter((owner, token) => owner.releasePortReservation(token)),
        'its owner is closed': await bindAfter((owner) => owner.close()),
      };
    },
  },

  boundSocketsSurviveOwnerClose: {
    async run(stage) {
      const { owner, token } = await stage.acquire();
      return survive(stage, token, () => owner.close());
    },
  },

  boundSocketsSurviveRelease: {
    async run(stage) {
      const { owner, token } = await stage.acquire();
      return survive(stage, token, async () => {
        const number = await numberOf(owner.releasePortReservation(token));
        if (number !== 0) throw new Unanswered(`RELEASE ends with ${number} while they are bound`);
      });
    },
  },

  releaseWhileBound: {
    async run(stage) {
      const { owner, token } = await stage.acquire();
      await (await stage.associate(token)).bind({ host });
      return numberOf(owner.releasePortReservation(token));
    },
  },

  boundSocketsSurviveDelete: {
    needsElevation: true,
    async run(stage) {
      const { startPort, numberOfPorts, token } = await stage.createPersistent();
      return survive(stage, token, async () => {
        const number = await numberOf(deletePersistentTcpPortReservation(startPort, numberOfPorts));
        if (number !== 0) throw new Unanswered(`Delete ends with ${number} while they are bound`);
      });
    },
  },
};
