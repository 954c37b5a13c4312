// SPDX-License-Identifier: MIT
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  addExcludedPortRange,
  createPersistentTcpPortReservation,
  createPersistentUdpPortReservation,
  deleteExcludedPortRange,
  deletePersistentTcpPortReservation,
  deletePersistentUdpPortReservation,
  explainPort,
  getDynamicPortRange,
  listExcludedPortRanges,
  ReservationSocket,
  type PortBlock,
  type Protocol,
} from 'win-port-reservation';
import { assumed, expectAssumed } from './assumed.js';
import { deleteLeftExclusions } from './leftovers.js';
import { bothElevationsIt, elevatedIt, steeredIt } from './needs.js';
import {
  bindElsewhere,
  expectFailure,
  freeBlock,
  listenOrdinarily,
  closeServer,
  onMachine,
  outcomeOf,
  startChild,
} from './ring.js';
import { portsFrom } from '../shared/ports-from.js';

const numberOfPorts = 4;
const foreign: PortBlock[] = [];

async function reserveForeign(block: PortBlock): Promise<void> {
  await onMachine('addForeignReservation', block);
  foreign.push(block);
}

afterEach(async () => {
  for (const block of foreign.splice(0)) await onMachine('deleteForeignReservation', block);
  await deleteLeftExclusions();
});

const persistent = {
  tcp: { create: createPersistentTcpPortReservation, remove: deletePersistentTcpPortReservation },
  udp: { create: createPersistentUdpPortReservation, remove: deletePersistentUdpPortReservation },
};

describe.each(['tcp', 'udp'] as const)('excluded ranges of %s ports', (protocol: Protocol) => {
  let startPort: number;
  let block: PortBlock;
  let range: PortBlock & { endPort: number };

  beforeEach(async () => {
    startPort = await freeBlock(3 * numberOfPorts);
    block = { protocol, startPort, numberOfPorts };
    range = { protocol, ...portsFrom(startPort, startPort + numberOfPorts - 1) };
  });

  elevatedIt('are added, listed and deleted', async () => {
    const before = await listExcludedPortRanges({ protocol });
    await addExcludedPortRange(block);
    const ranges = await listExcludedPortRanges({ protocol });
    expect(ranges).toHaveLength(before.length + 1);
    expect(ranges).toContainEqual({ ...range, administered: true });
    await deleteExcludedPortRange(block);
    expect(await listExcludedPortRanges({ protocol })).toEqual(before);
  });

  elevatedIt('fit the functions that take a block, as they are listed', async () => {
    await addExcludedPortRange(block);
    const listed = async () => {
      return (await listExcludedPortRanges({ protocol })).find((one) => one.startPort === startPort);
    };
    const found = await listed();
    if (!found) throw new Error('The range is not listed.');
    expect(await explainPort(found)).toMatchObject({ protocol, port: startPort, range: found });
    await deleteExcludedPortRange(found);
    expect(await listed()).toBeUndefined();
    await addExcludedPortRange(found);
    expect(await listed()).toEqual(found);
    await deleteExcludedPortRange(found);
  });

  steeredIt('are told apart by who made them', async () => {
    await reserveForeign({ ...block, startPort: startPort + numberOfPorts });
    await addExcludedPortRange(block);
    const owner = await ReservationSocket.open({ protocol });
    const third = startPort + 2 * numberOfPorts;
    await owner.acquirePortReservation({ startPort: third, numberOfPorts: 1 });
    const near = (await listExcludedPortRanges({ protocol })).filter(
      (one) => one.startPort >= startPort && one.startPort <= third,
    );
    expect(near).toEqual([
      { ...range, administered: true },
      { protocol, ...portsFrom(startPort + 4, startPort + 7), administered: false },
      { protocol, ...portsFrom(third, third), administered: false },
    ]);
    await owner.close();
  });

  elevatedIt('are the same for both families, and of one protocol only', async () => {
    await addExcludedPortRange(block, { family: 6 });
    expect(await listExcludedPortRanges({ protocol, family: 4 })).toContainEqual({ ...range, administered: true });
    expect(await listExcludedPortRanges({ protocol, family: 6 })).toContainEqual({ ...range, administered: true });
    const other = protocol === 'tcp' ? 'udp' : 'tcp';
    expect((await listExcludedPortRanges({ protocol: other })).map((one) => one.startPort)).not.toContain(startPort);
    await deleteExcludedPortRange(block, { family: 6 });
  });

  steeredIt('of the persistent store are those that a restart leaves', async () => {
    await reserveForeign({ ...block, startPort: startPort + numberOfPorts });
    await addExcludedPortRange(block);
    const stored = await listExcludedPortRanges({ protocol, store: 'persistent' });
    expect(stored.map((one) => one.startPort)).toContain(startPort);
    expect(stored.map((one) => one.startPort)).not.toContain(startPort + numberOfPorts);
    foreign.pop();
    await onMachine('restart');
    expect(await listExcludedPortRanges({ protocol })).toEqual(stored);
  });

  elevatedIt('let anybody bind a port by number', async () => {
    await addExcludedPortRange(block);
    expect(await bindElsewhere(protocol, startPort)).toBe('bound');
  });

  steeredIt('let nobody bind a port where they are foreign', async () => {
    await reserveForeign(block);
    expect(await bindElsewhere(protocol, startPort)).toBe('EACCES');
  });

  elevatedIt('cannot be turned into reservations, nor reservations into them', async () => {
    const { create, remove } = persistent[protocol];
    await addExcludedPortRange(block);
    await expectAssumed(create(startPort, 1), 'createOverAdministeredExclusion');
    const socket = await ReservationSocket.open({ protocol });
    await expectFailure(socket.acquirePortReservation({ startPort, numberOfPorts: 1 }), { code: 'WSAEADDRINUSE' });
    await socket.close();

    const reserved = { ...block, startPort: startPort + numberOfPorts };
    await create(reserved.startPort, numberOfPorts);
    await expectAssumed(addExcludedPortRange(reserved), 'excludeOverReservation', reserved);
    await remove(reserved.startPort, numberOfPorts);
  });

  elevatedIt('are not what a reservation is deleted with', async () => {
    const { create, remove } = persistent[protocol];
    await create(startPort, numberOfPorts);
    const deleting = deleteExcludedPortRange(block);
    const isDeleted = (await outcomeOf(deleting)) === 0;
    const may = await assumed('netshDeletesPersistentReservation');
    if (may !== undefined) expect(isDeleted).toBe(may);
    if (isDeleted) return;
    await expectAssumed(deleting, 'deleteUnstarredExclusion', block);
    await remove(startPort, numberOfPorts);
  });

  elevatedIt('are not added twice, and deleted by their very numbers only', async () => {
    await addExcludedPortRange(block);
    await expectAssumed(addExcludedPortRange(block), 'excludeOverReservation', {
      ...block,
      syscall: 'netsh interface ipv4 add excludedportrange',
    });
    for (const other of [
      { ...block, numberOfPorts: numberOfPorts - 1 },
      { ...block, startPort: startPort + 1, numberOfPorts: numberOfPorts - 1 },
    ]) {
      await expectAssumed(deleteExcludedPortRange(other, { family: 6 }), 'deleteUnknownExclusion', {
        ...other,
        syscall: 'netsh interface ipv6 delete excludedportrange',
      });
    }
  });

  steeredIt('leave the ranges of others alone', async () => {
    await reserveForeign(block);
    const error = await expectAssumed(deleteExcludedPortRange(block), 'deleteUnstarredExclusion');
    if (error?.code === 'ERROR_ACCESS_DENIED') expect(error.hint).toContain('star');
    expect(await listExcludedPortRanges({ protocol })).toContainEqual({ ...range, administered: false });
  });
});

describe('excluded ranges', () => {
  elevatedIt('of both protocols come in one list, by ascending ports', async () => {
    const startPort = await freeBlock(3);
    for (const [protocol, port] of [
      ['udp', startPort + 1],
      ['udp', startPort],
      ['tcp', startPort + 2],
      ['tcp', startPort],
    ] as const) {
      await addExcludedPortRange({ protocol, startPort: port, numberOfPorts: 1 });
    }
    const near = (await listExcludedPortRanges()).filter(
      ({ startPort: port }) => port >= startPort && port < startPort + 3,
    );
    expect(near.map((one) => `${one.protocol} ${one.startPort - startPort}`)).toEqual([
      'tcp 0',
      'udp 0',
      'udp 1',
      'tcp 2',
    ]);
  });

  elevatedIt('are not added over a port in use', async () => {
    const startPort = await freeBlock(2);
    const server = await listenOrdinarily(startPort + 1);
    await expectFailure(addExcludedPortRange({ protocol: 'tcp', startPort, numberOfPorts: 2 }), {
      code: 'ERROR_SHARING_VIOLATION',
    });
    await closeServer(server);
    await addExcludedPortRange({ protocol: 'tcp', startPort, numberOfPorts: 2 });
  });

  bothElevationsIt('can be listed but not changed by a process that is not elevated', async () => {
    const block = { protocol: 'tcp', startPort: await freeBlock(1), numberOfPorts: 1 } as const;
    await addExcludedPortRange(block);
    const child = startChild('not-elevated-netsh.mjs', block.startPort);
    expect(await child.next()).toEqual({
      elevated: false,
      isListed: true,
      dynamic: await getDynamicPortRange(),
      add: 'ERROR_ACCESS_DENIED 5',
      remove: 'ERROR_ACCESS_DENIED 5',
    });
  });
});

describe('the dynamic port range', () => {
  const each = [
    ['tcp', 4],
    ['tcp', 6],
    ['udp', 4],
    ['udp', 6],
  ] as const;

  steeredIt.each(each)('of %s on IPv%i is that of the machine', async (protocol, family) => {
    const { dynamicRanges } = await onMachine('save');
    expect(await getDynamicPortRange({ protocol, family })).toEqual(dynamicRanges[protocol]);
  });

  it.each(each)('of %s on IPv%i is the one that Windows chooses from', async (protocol, family) => {
    const { startPort, numberOfPorts } = await getDynamicPortRange({ protocol, family });
    const socket = await ReservationSocket.open({ protocol, family });
    const { port } = await socket.bind({ host: family === 4 ? '127.0.0.1' : '::1' });
    await socket.close();
    expect(port).toBeGreaterThanOrEqual(startPort);
    expect(port).toBeLessThan(startPort + numberOfPorts);
  });

  it('is that of TCP and IPv4 by default', async () => {
    expect(await getDynamicPortRange()).toEqual(await getDynamicPortRange({ protocol: 'tcp', family: 4 }));
  });
});
