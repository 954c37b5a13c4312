// SPDX-License-Identifier: MIT
import { isCallFailure } from '../../dist/common/errors.js';
import dgram from 'node:dgram';
import net from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bind, connect, findFreePorts, listen, RuntimePortReservation, type Protocol } from 'win-port-reservation';
import { getBinding, getNetsh, installBinding } from '../../dist/windows/binding.js';
import type { NativeSocket } from '../../dist/windows/native-binding.js';
import { bindElsewhere } from './ring.js';

// A call of Windows cannot be cancelled: it opens its socket after the abort, and the socket must be closed before
// another program can have its port.

const host = '127.0.0.1';
let log: string[];
/** Delivers the sockets that are bound inside a reservation to their callers. */
let deliver: () => void;
let isOpen: Promise<number>;
let uninstall: () => void;

beforeEach(() => {
  log = [];
  const binding = getBinding();
  const delivered = new Promise<void>((resolve) => {
    deliver = resolve;
  });
  let sayOpen: (port: number) => void;
  isOpen = new Promise((resolve) => {
    sayOpen = resolve;
  });
  uninstall = installBinding(
    {
      ...binding,
      async openSocket(request) {
        const opened = await binding.openSocket(request);
        if (isCallFailure(opened)) return opened;
        if (request.associate === undefined) {
          return { ...opened, socket: logged(opened.socket, request.acquire ? 'owner' : 'probe') };
        }
        const { portNetworkOrder = 0 } = opened.address ?? {};
        sayOpen(((portNetworkOrder & 0xff) << 8) | (portNetworkOrder >> 8));
        await delivered;
        return { ...opened, socket: logged(opened.socket, 'late socket') };
      },
    },
    getNetsh(),
  );
});
afterEach(() => {
  uninstall();
});

/** A socket that logs when its close begins and ends. The methods of the addon's sockets cannot be replaced. */
function logged(socket: NativeSocket, name: string): NativeSocket {
  return {
    acquirePortReservation: (range) => socket.acquirePortReservation(range),
    associatePortReservation: (token) => socket.associatePortReservation(token),
    releasePortReservation: (token) => socket.releasePortReservation(token),
    bind: (request) => socket.bind(request),
    lend: () => socket.lend(),
    disown: () => socket.disown(),
    async close() {
      if (name !== 'probe') log.push(`${name}: close`);
      const failure = await socket.close();
      if (name !== 'probe') log.push(`${name}: closed`);
      return failure;
    },
  };
}

const reason = new Error('no longer wanted');
const inTheirOrder = ['late socket: close', 'late socket: closed', 'owner: close', 'owner: closed', 'released'];

it.each([
  [
    'listen',
    'tcp',
    (block: RuntimePortReservation<'tcp'>, signal: AbortSignal) => listen(net.createServer(), block, { host, signal }),
  ],
  [
    'bind',
    'udp',
    (block: RuntimePortReservation<'udp'>, signal: AbortSignal) => bind(udpSocket(), block, { host, signal }),
  ],
  [
    'connect',
    'tcp',
    (block: RuntimePortReservation<'tcp'>, signal: AbortSignal) => connect(block, { host, port: 9, signal }),
  ],
] as const)('%s keeps the block until the socket of the aborted call is closed', async (_, protocol, start) => {
  const block = await acquire(protocol);
  const controller = new AbortController();
  const outcome = start(block as never, controller.signal);
  const port = await isOpen;
  controller.abort(reason);
  // It rejects at once, not when the call has ended.
  await expect(outcome).rejects.toBe(reason);
  const released = block.release().then(() => log.push('released'));
  for (let turn = 0; turn < 10; turn += 1) await setImmediate();
  expect(log).toEqual([]);
  expect(await bindElsewhere(protocol, port)).not.toBe('bound');
  deliver();
  await released;
  expect(log).toEqual(inTheirOrder);
  expect(await bindElsewhere(protocol, port)).toBe('bound');
});

it('an aborted search keeps its block until the socket of the aborted probe is closed', async () => {
  const controller = new AbortController();
  const outcome = findFreePorts({ hold: true, host, signal: controller.signal });
  const port = await isOpen;
  controller.abort(reason);
  for (let turn = 0; turn < 10; turn += 1) await setImmediate();
  expect(log).toEqual([]);
  expect(await bindElsewhere('tcp', port)).not.toBe('bound');
  deliver();
  await expect(outcome).rejects.toBe(reason);
  expect(log).toEqual(inTheirOrder.slice(0, 4));
  expect(await bindElsewhere('tcp', port)).toBe('bound');
});

it('a call that is not aborted goes on, and so does the next one after an abort', async () => {
  const block = await acquire('tcp');
  deliver();
  const server = net.createServer();
  const controller = new AbortController();
  const aborted = listen(server, block, { host, signal: controller.signal });
  controller.abort(reason);
  await expect(aborted).rejects.toBe(reason);
  await listen(server, block, { host });
  server.close();
  await block.release();
  expect(log.at(-1)).toBe('owner: closed');
});

function acquire<P extends Protocol>(protocol: P): Promise<RuntimePortReservation<P>> {
  return RuntimePortReservation.acquire({ protocol, numberOfPorts: 8 });
}

const sockets: dgram.Socket[] = [];

function udpSocket(): dgram.Socket {
  const socket = dgram.createSocket('udp4');
  sockets.push(socket);
  return socket;
}

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
});
