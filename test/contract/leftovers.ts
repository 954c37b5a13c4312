// SPDX-License-Identifier: MIT
// Finds what tests have left on the machine, and cleans it up.
import {
  deleteExcludedPortRange,
  listExcludedPortRanges,
  PersistentPortReservation,
  PortReservationError,
  type ExcludedPortRange,
  type PortBlock,
  type PortRange,
  type Protocol,
} from 'win-port-reservation';
import { givenBlocks, onMachine, ring } from './ring.js';

const protocols: readonly Protocol[] = ['tcp', 'udp'];

/** Windows has no list of them, so look up every block that a test can have made. */
export async function leftPersistentReservations(protocol: Protocol): Promise<PortBlock[]> {
  if (ring !== 'windows') return onMachine('persistentReservations', protocol);
  const found: PortBlock[] = [];
  for (const given of givenBlocks) {
    for (const range of rangesWithin(given)) {
      const block = { protocol, ...range };
      if (await exists(block)) found.push(block);
    }
  }
  return found;
}

function* rangesWithin({ startPort, numberOfPorts }: PortRange): Generator<PortRange> {
  for (let offset = 0; offset < numberOfPorts; offset += 1) {
    for (let count = 1; offset + count <= numberOfPorts; count += 1) {
      yield { startPort: startPort + offset, numberOfPorts: count };
    }
  }
}

async function exists(block: PortBlock): Promise<boolean> {
  try {
    await PersistentPortReservation.lookup(block);
    return true;
  } catch (error) {
    if (error instanceof PortReservationError && error.code === 'ERROR_NOT_FOUND') return false;
    throw error;
  }
}

export async function deleteLeftPersistentReservations(): Promise<void> {
  for (const protocol of protocols) {
    for (const { startPort, numberOfPorts } of await leftPersistentReservations(protocol)) {
      await (await PersistentPortReservation.lookup({ protocol, startPort, numberOfPorts })).delete();
    }
  }
  givenBlocks.length = 0;
}

/** Count only those of the tests: a real machine has some of its own. */
export async function deleteLeftExclusions(): Promise<void> {
  const ranges = ring === 'windows' ? await listExcludedPortRanges() : await rangesOfMachine();
  for (const range of ranges) {
    const isOurs = givenBlocks.some((given) => given.startPort <= range.startPort && range.startPort < endOf(given));
    if (range.administered && isOurs) await deleteExcludedPortRange(range);
  }
  givenBlocks.length = 0;
}

/** Do not use netsh, because it starts slowly under Wine. */
async function rangesOfMachine(): Promise<readonly ExcludedPortRange[]> {
  return (await Promise.all(protocols.map((protocol) => onMachine('excludedPortRanges', protocol)))).flat();
}

function endOf({ startPort, numberOfPorts }: PortRange): number {
  return startPort + numberOfPorts;
}
