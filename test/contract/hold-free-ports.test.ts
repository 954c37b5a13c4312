// SPDX-License-Identifier: MIT
import dgram from 'node:dgram';
import http from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bind, errorCodes, findFreePorts, listen, type PortBlock } from 'win-port-reservation';
import { expectKeptOut } from './assumed.js';
import { canSteer, steeredIt } from './needs.js';
import { bindElsewhere, closeServer, expectFailure, freeBlock, onMachine, startChild } from './ring.js';
import { watchBinding, type WatchedBinding } from './watched-binding.js';

const acquire = 'WSAIoctl(SIO_ACQUIRE_PORT_RESERVATION)';
const inUse = errorCodes.WSAEADDRINUSE.errorNumber;

let watched: WatchedBinding;
const warnings: Error[] = [];
const hear = (warning: Error) => warnings.push(warning);
const undo: (() => Promise<unknown>)[] = [];

beforeEach(() => {
  watched = watchBinding();
  process.on('warning', hear);
});

afterEach(async () => {
  watched.stop();
  for (const step of undo.splice(0)) await step();
  // No test may leave anything behind.
  await expect.poll(() => watched.openSockets()).toBe(0);
  await expectHeld([]);
  // It was the search that released them, not garbage collection.
  process.off('warning', hear);
  expect(warnings.splice(0)).toEqual([]);
});

/** Lists the runtime reservations of the machine. Windows does not tell who owns the ranges in its list. */
async function held(): Promise<PortBlock[]> {
  const inEach = (['tcp', 'udp'] as const).map(async (protocol) => {
    const ranges = await onMachine('excludedPortRanges', protocol);
    return ranges
      .filter(({ kind }) => kind === 'runtime')
      .map(({ startPort, endPort }) => ({ protocol, startPort, numberOfPorts: endPort - startPort + 1 }));
  });
  return (await Promise.all(inEach)).flat();
}

async function expectHeld(blocks: readonly PortBlock[]): Promise<void> {
  if (canSteer) expect(await held()).toEqual(blocks);
}

async function exclude(block: PortBlock): Promise<void> {
  await onMachine('addExcludedPortRange', block);
  undo.push(() => onMachine('deleteExcludedPortRange', block));
}

describe('ports that are held', () => {
  it('are refused to others, serve this process, and are free in the end', async () => {
    const reservation = await findFreePorts({ numberOfPorts: 3, hold: true });
    const { startPort } = reservation;
    await expectHeld([{ protocol: 'tcp', startPort, numberOfPorts: 3 }]);
    await expectKeptOut('tcp', startPort + 2, 'bindInsideRuntimeReservation');
    const server = http.createServer();
    const { port } = await listen(server, reservation, { port: startPort + 2 });
    expect(port).toBe(startPort + 2);
    await closeServer(server);
    await reservation.release();
    expect(await bindElsewhere('tcp', startPort + 2)).toBe('bound');
  });

  it('are the same for both protocols', async () => {
    const pair = await findFreePorts({ protocol: 'both', numberOfPorts: 2, hold: true });
    const { startPort } = pair;
    await expectHeld([
      { protocol: 'tcp', startPort, numberOfPorts: 2 },
      { protocol: 'udp', startPort, numberOfPorts: 2 },
    ]);
    const server = http.createServer();
    const socket = dgram.createSocket('udp4');
    expect((await listen(server, pair.tcp, { port: startPort })).port).toBe(startPort);
    expect((await bind(socket, pair.udp, { port: startPort })).port).toBe(startPort);
    await expectKeptOut('udp', startPort, 'bindInsideRuntimeReservation');
    socket.close();
    await closeServer(server);
    await pair.release();
  });

  it('are passed over by the next search, in this process and in others', async () => {
    const fromPort = await freeBlock(6);
    await using first = await findFreePorts({ numberOfPorts: 2, fromPort, hold: true });
    await using second = await findFreePorts({ numberOfPorts: 2, fromPort, hold: true });
    const third = await findFreePorts({ numberOfPorts: 2, fromPort });
    expect([first, second, third].map(({ startPort }) => startPort - fromPort)).toEqual([0, 2, 4]);
  });

  steeredIt('are not those of an exclusion, though binds work there, and not even where no list shows it', async () => {
    const fromPort = await freeBlock(12);
    await exclude({ protocol: 'tcp', startPort: fromPort + 1, numberOfPorts: 3 });
    for (const isListed of [true, false]) {
      if (!isListed) await onMachine('failNext', 'netsh interface ipv4 show excludedportrange', 1168);
      await using found = await findFreePorts({ numberOfPorts: 3, fromPort, hold: true });
      expect(found.startPort).toBe(fromPort + 4);
    }
  });

  it('are each bound inside the reservation before they are handed over', async () => {
    const fromPort = await freeBlock(12);
    const refused = fromPort + 2;
    watched.failWhen(({ associate }, port) =>
      associate !== undefined && port === refused ? { call: 'bind', errorNumber: inUse } : undefined,
    );
    await using found = await findFreePorts({ protocol: 'both', numberOfPorts: 4, fromPort, hold: true });
    expect(found.startPort).toBe(refused + 1);
    const { startPort, numberOfPorts } = found;
    await expectHeld((['tcp', 'udp'] as const).map((protocol) => ({ protocol, startPort, numberOfPorts })));
  });

  steeredIt('are others when somebody was faster', async () => {
    const fromPort = await freeBlock(12);
    await onMachine('failNext', acquire, inUse);
    await using found = await findFreePorts({ numberOfPorts: 2, fromPort, hold: true });
    expect(found.startPort).toBe(fromPort + 2);
  });

  it('are disjoint when processes search at once', async () => {
    const [processes, blocks, numberOfPorts] = [3, 2, 3];
    const fromPort = await freeBlock(processes * blocks * numberOfPorts);
    const children = Array.from({ length: processes }, () =>
      startChild('find-and-hold.mjs', blocks, numberOfPorts, fromPort),
    );
    const found = (await Promise.all(children.map((child) => child.next()))) as number[][];
    const ports = found.flat().flatMap((start) => Array.from({ length: numberOfPorts }, (_, index) => start + index));
    expect(new Set(ports).size).toBe(processes * blocks * numberOfPorts);
    if (canSteer) expect(await held()).toHaveLength(2 * processes * blocks);
    await Promise.all(children.map((child) => child.finish()));
  });
});

describe('nothing stays held', () => {
  steeredIt.each(['tcp', 'both'] as const)('when the acquire of %s fails for another reason', async (protocol) => {
    // Fails the binds of both families.
    await onMachine('failNext', acquire, errorCodes.WSAENETDOWN.errorNumber, 2);
    await expectFailure(findFreePorts({ protocol, hold: true }), { code: 'WSAENETDOWN', syscall: acquire });
  });

  it('when the second protocol fails', async () => {
    let acquires = 0;
    watched.failWhen(({ acquire: range }) => {
      if (range) acquires += 1;
      return range && acquires > 1 ? { call: acquire, errorNumber: errorCodes.WSAENETDOWN.errorNumber } : undefined;
    });
    await expectFailure(findFreePorts({ protocol: 'both', hold: true }), { code: 'WSAENETDOWN' });
    // Fails TCP, and UDP in both families.
    expect(acquires).toBe(3);
  });

  it('when a bind inside fails for another reason', async () => {
    const errorNumber = errorCodes.WSAENETDOWN.errorNumber;
    watched.failWhen(({ associate }) => (associate === undefined ? undefined : { call: 'bind', errorNumber }));
    await expectFailure(findFreePorts({ numberOfPorts: 3, hold: true }), { code: 'WSAENETDOWN' });
  });

  it('when nothing can be reserved', async () => {
    const fromPort = await freeBlock(4);
    watched.failWhen((request) => (request.acquire ? { call: acquire, errorNumber: inUse } : undefined));
    const search = findFreePorts({ numberOfPorts: 2, fromPort, toPort: fromPort + 3, hold: true });
    const error = await expectFailure(search, { code: 'ERR_NO_FREE_PORTS' });
    expect(error.hint).toMatch(/[1-4] refused without being listed/);
  });

  steeredIt.each([
    ['acquires', 'acquire', acquire],
    ['binds inside', 'associate', 'WSAIoctl(SIO_ASSOCIATE_PORT_RESERVATION)'],
  ] as const)('when it is aborted while it %s', async (_, step, call) => {
    const reason = new Error('no longer wanted');
    const controller = new AbortController();
    await onMachine('delayNext', call, 300);
    watched.during(step, () => {
      controller.abort(reason);
    });
    const search = findFreePorts({ protocol: 'both', hold: true, signal: controller.signal });
    await expect(search).rejects.toBe(reason);
  });
});
