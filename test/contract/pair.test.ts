// SPDX-License-Identifier: MIT
import { afterEach, describe, expect, it } from 'vitest';
import {
  PersistentPortReservation,
  PersistentPortReservationPair,
  RuntimePortReservation,
  RuntimePortReservationPair,
} from 'win-port-reservation';
import { expectKeptOut } from './assumed.js';
import { deleteLeftPersistentReservations, leftPersistentReservations } from './leftovers.js';
import { elevatedIt, steeredIt } from './needs.js';
import { bindElsewhere, expectFailure, freeBlock, onMachine } from './ring.js';

afterEach(deleteLeftPersistentReservations);

/** Returns the port that the machine tries next for TCP, once that many ports are left from there to the last one. */
async function nextTcpPort(numberOfPorts: number): Promise<number> {
  for (;;) {
    const probe = await RuntimePortReservation.acquire({ protocol: 'tcp', numberOfPorts: 1 });
    await probe.release();
    const next = probe.startPort + 1;
    if (next + numberOfPorts <= 2 ** 16) return next;
  }
}

describe('a pair', () => {
  it('has the same ports for TCP and UDP until it is released', async () => {
    const pair = await RuntimePortReservationPair.acquire({ numberOfPorts: 2 });
    expect([pair.tcp.startPort, pair.udp.startPort]).toEqual([pair.startPort, pair.startPort]);
    for (const protocol of ['tcp', 'udp'] as const) {
      await expectKeptOut(protocol, pair.startPort, 'bindInsideRuntimeReservation');
    }
    await pair.release();
    expect([await bindElsewhere('tcp', pair.startPort), await bindElsewhere('udp', pair.startPort)]).toEqual([
      'bound',
      'bound',
    ]);
  });

  it('is all or nothing where the ports are named', async () => {
    const startPort = await freeBlock(2);
    const udp = await RuntimePortReservation.acquire({ protocol: 'udp', startPort, numberOfPorts: 1 });
    await expectFailure(RuntimePortReservationPair.acquire({ startPort, numberOfPorts: 2 }), {
      code: 'WSAEADDRINUSE',
      protocol: 'udp',
    });
    // The ports are free for TCP again.
    await (await RuntimePortReservation.acquire({ protocol: 'tcp', startPort, numberOfPorts: 2 })).release();
    await udp.release();
  });

  // This depends on the order in which the machine chooses ports.
  steeredIt('finds another place where the first is taken for UDP', async () => {
    const next = await nextTcpPort(20);
    const udp = await RuntimePortReservation.acquire({ protocol: 'udp', startPort: next, numberOfPorts: 20 });
    const pair = await RuntimePortReservationPair.acquire({ numberOfPorts: 2 });
    expect(pair.startPort < next || pair.startPort >= next + 20).toBe(true);
    await pair.release();
    await udp.release();
    expect(await onMachine('excludedPortRanges', 'tcp')).toEqual([]);
  });

  elevatedIt('persists as a whole, or not at all', async () => {
    const range = { startPort: await freeBlock(2), numberOfPorts: 2 };
    const pair = await PersistentPortReservationPair.ensure(range);
    expect((await PersistentPortReservationPair.lookup(range)).tcp.token).toBe(pair.tcp.token);
    await pair.udp.delete();
    const block = { protocol: 'udp', ...range, numberOfPorts: 1 } as const;
    await PersistentPortReservation.create(block);
    // The earlier reservation stays; the new one is deleted.
    await expectFailure(PersistentPortReservationPair.ensure(range), {
      code: 'ERROR_SHARING_VIOLATION',
      protocol: 'udp',
    });
    expect(await leftPersistentReservations('tcp')).toHaveLength(1);
    await pair.tcp.delete();
    await expectFailure(PersistentPortReservationPair.ensure(range), {
      code: 'ERROR_SHARING_VIOLATION',
      protocol: 'udp',
    });
    await expectFailure(PersistentPortReservationPair.create(range), {
      code: 'ERROR_SHARING_VIOLATION',
      protocol: 'udp',
    });
    expect(await leftPersistentReservations('tcp')).toEqual([]);
  });
});
