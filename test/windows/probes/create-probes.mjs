// SPDX-License-Identifier: MIT
// Probes of creating and deleting persistent reservations and administered exclusions.
import {
  deleteExcludedPortRange,
  deletePersistentTcpPortReservation,
  errorCodes,
  listExcludedPortRanges,
  lookupPersistentTcpPortReservation,
} from 'win-port-reservation';
import { numberOf, Unanswered } from './outcome.mjs';

const { ERROR_ACCESS_DENIED, ERROR_INVALID_PARAMETER, ERROR_NOT_FOUND } = errorCodes;

/** @typedef {import('./stage.mjs').Stage} Stage */

/** @type {Record<string, import('./run-probes.mjs').Probe>} */
export const createProbes = {
  checksArgumentsBeforeElevation: {
    /** @param {Stage} stage */
    async run(stage) {
      const startPort = await stage.freeBlock(1);
      const numbers = await stage.notElevated('changeNoPorts', { startPort });
      return Object.fromEntries(
        Object.entries(numbers).map(([call, number]) => {
          const isArgument = number === ERROR_INVALID_PARAMETER.errorNumber;
          if (!isArgument && number !== ERROR_ACCESS_DENIED.errorNumber) {
            throw new Unanswered(`${call} ended with ${number}, which is neither of the expected errors`);
          }
          return [call, isArgument];
        }),
      );
    },
  },

  createOverAdministeredExclusion: {
    needsElevation: true,
    async run(stage) {
      const { startPort } = await stage.exclude(4);
      return stage.creation(startPort + 1, 2);
    },
  },

  createOverOtherReservation: {
    needsElevation: true,
    async run(stage) {
      const { startPort } = await stage.acquire({ startPort: await stage.freeBlock(4), numberOfPorts: 4 });
      return stage.creation(startPort + 1, 2);
    },
  },

  lookupFindsAdministeredExclusion: {
    needsElevation: true,
    async run(stage) {
      const { startPort, numberOfPorts } = await stage.exclude();
      const lookup = lookupPersistentTcpPortReservation(startPort, numberOfPorts);
      const isFound = (await numberOf(lookup)) === 0;
      if (isFound) {
        const socket = await stage.open();
        const number = await numberOf(socket.associatePortReservation(await lookup));
        stage.notes.push(`ASSOCIATE with its token ends with ${number}`);
      }
      return isFound;
    },
  },

  deleteRemovesAdministeredExclusion: {
    needsElevation: true,
    async run(stage) {
      const { startPort, numberOfPorts } = await stage.exclude();
      const number = await numberOf(deletePersistentTcpPortReservation(startPort, numberOfPorts));
      stage.notes.push(`Delete ends with ${number}`);
      const ranges = await listExcludedPortRanges({ protocol: 'tcp' });
      return !ranges.some((range) => range.startPort <= startPort && startPort <= range.endPort);
    },
  },

  deleteWhileBound: {
    needsElevation: true,
    async run(stage) {
      const { startPort, numberOfPorts, token } = await stage.createPersistent();
      await (await stage.associate(token)).bind({ host: '127.0.0.1' });
      return numberOf(deletePersistentTcpPortReservation(startPort, numberOfPorts));
    },
  },

  netshDeletesPersistentReservation: {
    needsElevation: true,
    async run(stage) {
      const block = await stage.createPersistent();
      try {
        stage.notes.push(`netsh ends with ${await numberOf(deleteExcludedPortRange(block))}`);
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error;
        stage.notes.push(error.message);
      }
      const lookup = numberOf(lookupPersistentTcpPortReservation(block.startPort, block.numberOfPorts));
      return (await lookup) === ERROR_NOT_FOUND.errorNumber;
    },
  },

  deleteUnknownExclusion: {
    needsElevation: true,
    async run(stage) {
      const never = { protocol: 'tcp', startPort: await stage.freeBlock(4), numberOfPorts: 4 };
      return numberOf(deleteExcludedPortRange(never));
    },
  },

  deleteUnstarredExclusion: {
    needsElevation: true,
    async run(stage) {
      const runtime = await stage.acquire({ startPort: await stage.freeBlock(4), numberOfPorts: 4 });
      return numberOf(deleteExcludedPortRange(runtime));
    },
  },

  excludeOverReservation: {
    needsElevation: true,
    async run(stage) {
      const runtime = await stage.acquire({ startPort: await stage.freeBlock(4), numberOfPorts: 4 });
      const cases = {
        'a persistent reservation': await stage.exclusion(await stage.createPersistent()),
        'a runtime reservation': await stage.exclusion(runtime),
      };
      try {
        const foreign = stage.foreignBlock('tcp');
        cases['ports of Windows'] = await stage.exclusion({ protocol: 'tcp', ...foreign });
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error;
        stage.notes.push(error.message);
      }
      return cases;
    },
  },
};
