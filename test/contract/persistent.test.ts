// SPDX-License-Identifier: MIT
import { afterEach, beforeEach, describe, expect } from 'vitest';
import * as calls from 'win-port-reservation';
import type { Protocol } from 'win-port-reservation';
import { expectAssumed, expectKeptOut } from './assumed.js';
import { deleteLeftPersistentReservations } from './leftovers.js';
import { bothElevationsIt, elevatedIt, steeredIt } from './needs.js';
import { bindElsewhere, expectFailure, freeBlock, onMachine, startChild } from './ring.js';

const functions = {
  tcp: {
    name: 'Tcp',
    create: calls.createPersistentTcpPortReservation,
    remove: calls.deletePersistentTcpPortReservation,
    lookup: calls.lookupPersistentTcpPortReservation,
  },
  udp: {
    name: 'Udp',
    create: calls.createPersistentUdpPortReservation,
    remove: calls.deletePersistentUdpPortReservation,
    lookup: calls.lookupPersistentUdpPortReservation,
  },
} as const;

const numberOfPorts = 4;

describe.each(['tcp', 'udp'] as const)('persistent reservations of %s ports', (protocol: Protocol) => {
  const { name, create, remove, lookup } = functions[protocol];
  let startPort: number;

  beforeEach(async () => {
    startPort = await freeBlock(numberOfPorts);
  });

  afterEach(deleteLeftPersistentReservations);

  elevatedIt('are created, found under the same token, and deleted', async () => {
    const token = await create(startPort, numberOfPorts);
    expect(await lookup(startPort, numberOfPorts)).toBe(token);
    await remove(startPort, numberOfPorts);
    await expectFailure(lookup(startPort, numberOfPorts), {
      code: 'ERROR_NOT_FOUND',
      errno: 1168,
      syscall: `LookupPersistent${name}PortReservation`,
      protocol,
      startPort,
      numberOfPorts,
    });
  });

  elevatedIt('are found and deleted by their very numbers only', async () => {
    await create(startPort, numberOfPorts);
    for (const [start, count] of [
      [startPort, numberOfPorts - 1],
      [startPort + 1, numberOfPorts - 1],
      [startPort, numberOfPorts + 1],
    ] as const) {
      await expectFailure(lookup(start, count), { code: 'ERROR_NOT_FOUND' });
      await expectFailure(remove(start, count), { code: 'ERROR_NOT_FOUND' });
    }
    await lookup(startPort, numberOfPorts);
  });

  elevatedIt('refuse a block that overlaps them, and leave the other protocol alone', async () => {
    await create(startPort, numberOfPorts);
    await expectFailure(create(startPort, numberOfPorts), { code: 'ERROR_SHARING_VIOLATION', errno: 32 });
    await expectFailure(create(startPort + numberOfPorts - 1, 2), {
      code: 'ERROR_SHARING_VIOLATION',
      syscall: `CreatePersistent${name}PortReservation`,
      startPort: startPort + numberOfPorts - 1,
      numberOfPorts: 2,
    });
    const other = functions[protocol === 'tcp' ? 'udp' : 'tcp'];
    await other.create(startPort, numberOfPorts);
    await other.remove(startPort, numberOfPorts);
  });

  elevatedIt('keep an ordinary bind of another process out until they are deleted', async () => {
    await create(startPort, numberOfPorts);
    await expectKeptOut(protocol, startPort + 1, 'bindInsidePersistentReservation');
    await expectKeptOut(protocol, startPort + numberOfPorts - 1, 'bindInsidePersistentReservation');
    await remove(startPort, numberOfPorts);
    expect(await bindElsewhere(protocol, startPort + 1)).toBe('bound');
  });

  steeredIt('have tokens of 64 bits that no layer rounds', async () => {
    const tokens = [0xffff_ffff_ffff_ffffn, 0x8000_0000_0000_0001n, 1n];
    await onMachine('useTokens', ...tokens);
    for (const token of tokens) {
      expect(await create(startPort, numberOfPorts)).toBe(token);
      expect(await lookup(startPort, numberOfPorts)).toBe(token);
      const socket = await calls.ReservationSocket.open({ protocol });
      await socket.associatePortReservation(token);
      const { port } = await socket.bind({ host: '127.0.0.1' });
      expect(port).toBeGreaterThanOrEqual(startPort);
      expect(port).toBeLessThan(startPort + numberOfPorts);
      await socket.close();
      await remove(startPort, numberOfPorts);
    }
  });

  steeredIt('survive a restart of Windows, under another token', async () => {
    const before = await create(startPort, numberOfPorts);
    await onMachine('restart');
    const after = await lookup(startPort, numberOfPorts);
    expect(after).not.toBe(before);
    const socket = await calls.ReservationSocket.open({ protocol });
    await expectAssumed(socket.associatePortReservation(before), 'associateUnknownToken', { token: before });
    await socket.close();
  });

  bothElevationsIt('can be looked up but not changed or used by a process that is not elevated', async () => {
    const token = await create(startPort, numberOfPorts);
    const child = startChild('not-elevated.mjs', protocol, startPort, numberOfPorts);
    expect(await child.next()).toEqual({
      elevated: false,
      lookup: token,
      associate: 'WSAEACCES 10013',
      create: 'ERROR_ACCESS_DENIED 5',
      remove: 'ERROR_ACCESS_DENIED 5',
    });
    expect(await child.finish()).toBe(0);
    expect(calls.isElevated()).toBe(true);
  });
});
