// SPDX-License-Identifier: MIT
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  bind,
  connect,
  listen,
  listenOnEach,
  PersistentPortReservation,
  RuntimePortReservation,
  RuntimePortReservationPair,
  type PortBlock,
} from 'win-port-reservation';
import { assumed, expectAssumed, expectKeptOut, refusalOfCall } from './assumed.js';
import { deleteLeftPersistentReservations } from './leftovers.js';
import { elevatedIt, steeredIt } from './needs.js';
import { bindElsewhere, closeServer, expectFailure, freeBlock, onMachine, ring, startChild } from './ring.js';

/** Copies the properties of a reservation, as sending it to a worker thread does. */
function plain(reservation: object): unknown {
  return structuredClone(reservation);
}

afterEach(deleteLeftPersistentReservations);

describe.each(['tcp', 'udp'] as const)('a persistent %s reservation object', (protocol) => {
  let block: PortBlock;

  beforeEach(async () => {
    block = { protocol, startPort: await freeBlock(4), numberOfPorts: 4 };
  });

  elevatedIt('is created, looked up, ensured and deleted', async () => {
    const created = await PersistentPortReservation.create(block);
    expect(plain(created)).toEqual({ ...block, token: created.token, reserved: true });
    expect(plain(await PersistentPortReservation.lookup(block))).toEqual(plain(created));
    expect(plain(await PersistentPortReservation.ensure(block))).toEqual(plain(created));
    await created.delete();
    await expectFailure(created.delete(), { code: 'ERR_RESERVATION_DELETED', ...block });
    await expectFailure(PersistentPortReservation.lookup(block), { code: 'ERROR_NOT_FOUND', ...block });
    expect(plain(await PersistentPortReservation.ensure(block))).toMatchObject(block);
  });

  elevatedIt('is deleted once by two calls at once, and both wait for it', async () => {
    const reservation = await PersistentPortReservation.create(block);
    await Promise.all([reservation.delete(), reservation.delete()]);
    await expectFailure(reservation.delete(), { code: 'ERR_RESERVATION_DELETED' });
  });

  steeredIt('can be deleted again after a failure', async () => {
    const reservation = await PersistentPortReservation.create(block);
    const call = `DeletePersistent${protocol === 'tcp' ? 'Tcp' : 'Udp'}PortReservation`;
    await onMachine('failNext', call, 5);
    const both = [reservation.delete(), reservation.delete()];
    for (const deleting of both) await expectFailure(deleting, { code: 'ERROR_ACCESS_DENIED' });
    await reservation.delete();
    await expectFailure(PersistentPortReservation.lookup(block), { code: 'ERROR_NOT_FOUND' });
  });

  steeredIt('is ensured across a restart of Windows, with the token of the day', async () => {
    const before = await PersistentPortReservation.ensure(block);
    await onMachine('restart');
    const after = await PersistentPortReservation.ensure(block);
    expect(after.token).not.toBe(before.token);
    const stale = await expectAssumed(useReservation(before), 'associateUnknownToken', { token: before.token });
    if (stale?.code === 'WSAEINVAL') expect(stale.hint).toMatch(/changes with each restart of Windows/);
  });

  elevatedIt('says which reservation stands in its way', async () => {
    const other = { ...block, startPort: block.startPort + 2, numberOfPorts: 2 };
    await PersistentPortReservation.create(other);
    for (const attempt of ['create', 'ensure'] as const) {
      const error = await expectFailure(PersistentPortReservation[attempt](block), {
        code: 'ERROR_SHARING_VIOLATION',
        errno: 32,
        ...block,
      });
      const endPort = other.startPort + 1;
      const isListed = (await assumed('listsPersistentReservations')) ?? error.blocks?.length !== 0;
      if (!isListed) {
        expect(error.blocks).toEqual([]);
        continue;
      }
      const administered = (await assumed('starsPersistentReservations')) ?? (expect.any(Boolean) as boolean);
      expect(error.blocks).toEqual([{ ...other, endPort, administered }]);
      expect(error.message).toContain(`The block overlaps reserved ports: ${other.startPort}-${endPort}`);
    }
  });

  steeredIt('names WinNAT where a block of its width is in the way, and the command to run next', async () => {
    const winnat = { ...block, numberOfPorts: 100 };
    await onMachine('addForeignReservation', winnat);
    try {
      const error = await expectFailure(PersistentPortReservation.ensure(block), { code: 'ERROR_SHARING_VIOLATION' });
      expect(error.hint).toContain(`WinNAT has most likely reserved ${block.startPort}-${block.startPort + 99}`);
      expect(error.hint).toMatch(new RegExp(` explain ${protocol} ${block.startPort}$`));
    } finally {
      await onMachine('deleteForeignReservation', winnat);
    }
  });

  elevatedIt('says that a port is in use where no reservation is in its way', async () => {
    const child = startChild('hold-port.mjs', protocol, block.startPort + 1);
    await child.next();
    const error = await expectFailure(PersistentPortReservation.ensure(block), { code: 'ERROR_SHARING_VIOLATION' });
    expect(error.blocks).toEqual([]);
    // The table of Wine does not know every socket.
    expect(error.message).toMatch(
      ring === 'simulated'
        ? `port ${block.startPort + 1} is in use by node`
        : /one of its ports is in use|is in use by \S+ \(process \d+\)/,
    );
    await child.finish();
    await PersistentPortReservation.ensure(block);
  });

  elevatedIt('makes no sockets once it is deleted', async () => {
    const reservation = await PersistentPortReservation.create(block);
    await reservation.delete();
    await expectFailure(useReservation(reservation), {
      code: 'ERR_RESERVATION_DELETED',
      ...block,
    });
  });

  async function useReservation(reservation: PersistentPortReservation): Promise<unknown> {
    if (protocol === 'tcp') return listen(http.createServer(), reservation as PersistentPortReservation<'tcp'>);
    const { createSocket } = await import('node:dgram');
    const socket = createSocket('udp4');
    try {
      return await bind(socket, reservation as PersistentPortReservation<'udp'>);
    } finally {
      socket.close();
    }
  }
});

describe.each(['tcp', 'udp'] as const)('a runtime %s reservation object', (protocol) => {
  it('holds a block until it is released, once or twice', async () => {
    const reservation = await RuntimePortReservation.acquire({ protocol, numberOfPorts: 3 });
    const { startPort } = reservation;
    expect(plain(reservation)).toMatchObject({ protocol, numberOfPorts: 3, reserved: true, processId: process.pid });
    await expectKeptOut(protocol, startPort + 2, 'bindInsideRuntimeReservation');
    await Promise.all([reservation.release(), reservation.release()]);
    await reservation[Symbol.asyncDispose]();
    expect(await bindElsewhere(protocol, startPort + 2)).toBe('bound');
  });

  it('holds the given block, and says what is in the way', async () => {
    const startPort = await freeBlock(2);
    const reservation = await RuntimePortReservation.acquire({ protocol, startPort, numberOfPorts: 2 });
    expect(reservation.startPort).toBe(startPort);
    await expectFailure(RuntimePortReservation.acquire({ protocol, startPort: startPort + 1, numberOfPorts: 2 }), {
      code: 'WSAEADDRINUSE',
      errno: 10048,
      syscall: 'WSAIoctl(SIO_ACQUIRE_PORT_RESERVATION)',
      startPort: startPort + 1,
      numberOfPorts: 2,
    });
    await reservation.release();
  });
});

describe('acquiring over a reserved range', () => {
  steeredIt.each(['tcp', 'udp'] as const)(
    'names the likely holder of the %s ports, and the next command',
    async (protocol) => {
      const winnat = { protocol, startPort: await freeBlock(100), numberOfPorts: 100 };
      await onMachine('addForeignReservation', winnat);
      try {
        const wanted = { startPort: winnat.startPort + 1, numberOfPorts: 2 };
        for (const acquire of [
          () => RuntimePortReservation.acquire({ ...wanted, protocol }),
          () => RuntimePortReservationPair.acquire(wanted),
        ]) {
          const error = await expectFailure(acquire(), { code: 'WSAEADDRINUSE', errno: 10048, protocol, ...wanted });
          expect(error.blocks).toMatchObject([winnat]);
          expect(error.hint).toContain(`WinNAT has most likely reserved ${winnat.startPort}-${winnat.startPort + 99}`);
          expect(error.hint).toMatch(new RegExp(` explain ${protocol} ${wanted.startPort}$`));
        }
      } finally {
        await onMachine('deleteForeignReservation', winnat);
      }
    },
  );
});

describe('a runtime reservation and its sockets', () => {
  it('keeps the block until the server that listens in it is closed, and makes no more sockets meanwhile', async () => {
    const reservation = await RuntimePortReservation.acquire({ protocol: 'tcp', numberOfPorts: 2 });
    const server = http.createServer();
    const { port } = await listen(server, reservation);
    let released = false;
    const release = reservation.release().then(() => (released = true));
    await expectFailure(listen(http.createServer(), reservation), { code: 'ERR_RESERVATION_RELEASED' });
    await expectKeptOut('tcp', port === reservation.startPort ? port + 1 : port - 1, 'bindInsideRuntimeReservation');
    expect(released).toBe(false);
    await closeServer(server);
    await release;
    expect(await bindElsewhere('tcp', port)).toBe('bound');
  });

  it('waits for a listen that is under way when it is released', async () => {
    const reservation = await RuntimePortReservation.acquire({ protocol: 'tcp', numberOfPorts: 1 });
    const server = http.createServer();
    const listening = listen(server, reservation);
    const release = reservation.release();
    await listening;
    expect(server.listening).toBe(true);
    await closeServer(server);
    await release;
  });

  it('frees the block when the server is closed as soon as it listens', async () => {
    const reservation = await RuntimePortReservation.acquire({ protocol: 'tcp', numberOfPorts: 1 });
    const server = http.createServer();
    server.once('listening', () => server.close());
    await expectFailure(listen(server, reservation), { code: 'ERR_SERVER_CLOSED' });
    await reservation.release();
  });

  it('frees the block when the server no longer listens, whatever it does next', async () => {
    const [first, second] = await Promise.all([
      RuntimePortReservation.acquire({ protocol: 'tcp', numberOfPorts: 1 }),
      RuntimePortReservation.acquire({ protocol: 'tcp', numberOfPorts: 1 }),
    ]);
    const server = http.createServer();
    const { port } = await listen(server, first, { host: '127.0.0.1' });
    const client = net.connect(port, '127.0.0.1');
    await once(server, 'connection');
    server.close();
    await listen(server, second, { host: '127.0.0.1' });
    await first.release();
    client.destroy();
    await closeServer(server);
    await second.release();
  });

  it('closes a server whose signal is aborted in its listening event', async () => {
    const reservation = await RuntimePortReservation.acquire({ protocol: 'tcp', numberOfPorts: 1 });
    const reason = new Error('no longer wanted');
    const controller = new AbortController();
    const server = http.createServer();
    server.once('listening', () => {
      controller.abort(reason);
    });
    await expect(listen(server, reservation, { signal: controller.signal })).rejects.toBe(reason);
    expect(server.listening).toBe(false);
    await reservation.release();
  });

  steeredIt('frees the block although a socket could not be made from it', async () => {
    const reservation = await RuntimePortReservation.acquire({ protocol: 'tcp', numberOfPorts: 1 });
    await onMachine('failNext', 'bind', 10013, 2);
    await expectFailure(listen(http.createServer(), reservation), { code: 'WSAEACCES' });
    await reservation.release();
  });

  it('refuses a port outside the block before Windows is asked', async () => {
    const reservation = await RuntimePortReservation.acquire({ protocol: 'tcp', numberOfPorts: 2 });
    const { startPort } = reservation;
    for (const port of [startPort - 1, startPort + 2]) {
      await expect(listen(http.createServer(), reservation, { port })).rejects.toMatchObject({
        name: 'RangeError',
        code: 'ERR_OUT_OF_RANGE',
        message: expect.stringContaining(`from ${startPort} to ${startPort + 1}, a port of the reservation`) as string,
      });
      await expect(connect(reservation, { port: 80, localPort: port })).rejects.toMatchObject({
        code: 'ERR_OUT_OF_RANGE',
        message: expect.stringContaining('"options.localPort"') as string,
      });
    }
    await reservation.release();
  });

  it('says why a copy does not work in another process', async () => {
    const reservation = await RuntimePortReservation.acquire({ protocol: 'tcp', numberOfPorts: 1 });
    const child = startChild('use-foreign-token.mjs', reservation.token, reservation.processId);
    const [hasCopy, hasToken] = await child.next<[string, string]>();
    expect(hasCopy).toBe('ERR_FOREIGN_TOKEN');
    expect(hasToken).toMatch(await refusalOfCall('associateTokenOfAnotherProcess'));
    await child.finish();
    await reservation.release();
  });
});

describe('one server per port', () => {
  it('listens on consecutive ports in one call', async () => {
    const reservation = await RuntimePortReservation.acquire({ protocol: 'tcp', numberOfPorts: 4 });
    const servers = Array.from({ length: 3 }, () => http.createServer());
    const addresses = await listenOnEach(servers, reservation, { port: reservation.startPort + 1, host: '127.0.0.1' });
    expect(addresses.map(({ port }) => port - reservation.startPort)).toEqual([1, 2, 3]);
    expect(servers.map((server) => server.address())).toEqual(addresses);
    await Promise.all(servers.map(closeServer));
    await reservation.release();
  });

  it('listens on none of the ports when one fails, and refuses more servers than ports', async () => {
    const reservation = await RuntimePortReservation.acquire({ protocol: 'tcp', numberOfPorts: 3 });
    const taken = http.createServer();
    await listen(taken, reservation, { port: reservation.startPort + 1, host: '127.0.0.1' });
    const servers = Array.from({ length: 3 }, () => http.createServer());
    await expectFailure(listenOnEach(servers, reservation, { host: '127.0.0.1' }), { code: 'WSAEADDRINUSE' });
    expect(servers.map(({ listening }) => listening)).toEqual([false, false, false]);
    await expect(listenOnEach([...servers, http.createServer()], reservation)).rejects.toThrow(RangeError);
    await closeServer(taken);
    await reservation.release();
  });
});
