// SPDX-License-Identifier: MIT
import http from 'node:http';
import { Worker } from 'node:worker_threads';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { listen, PersistentPortReservation, RuntimePortReservation } from 'win-port-reservation';
import { expectKeptOut } from './assumed.js';
import { elevatedIt } from './needs.js';
import { bindElsewhere, closeServer, expectFailure, freeBlock, ring, savedMachine, startChild } from './ring.js';

/** Waits until another process can bind the port: under Wine the machine learns a moment later that a process has ended. */
async function becomesFree(port: number): Promise<void> {
  await expect.poll(() => bindElsewhere('tcp', port)).toBe('bound');
}

describe('a runtime reservation whose process', () => {
  it.each([
    ['ends by itself', 'exit', null],
    ['throws', 'throw', 1],
    ['calls process.exit', 'process.exit', 7],
  ] as const)('%s is free for the next process', async (_, ending, exitCode) => {
    const child = startChild('acquire-and.mjs', ending);
    const startPort = await child.next<number>();
    // The process ends by itself, but not before the reservation was released: an open socket of this package does not
    // keep a process alive.
    expect(await child.exited).toBe(exitCode ?? 0);
    await becomesFree(startPort);
    await becomesFree(startPort + 1);
  });

  it('is killed is free for the next process', async () => {
    const child = startChild('acquire-and.mjs', 'wait');
    const startPort = await child.next<number>();
    await expectKeptOut('tcp', startPort + 1, 'bindInsideRuntimeReservation');
    await child.kill();
    await becomesFree(startPort + 1);
  });

  it('terminates the worker thread that acquired it is free while the process lives on', async () => {
    const child = startChild('acquire-and.mjs', 'terminate');
    const startPort = await child.next<number>();
    expect(await bindElsewhere('tcp', startPort)).toBe('bound');
    expect(await bindElsewhere('tcp', startPort + 1)).toBe('bound');
    expect(await child.finish()).toBe(0);
  });

  it('loses the last reference to it is free once that is collected, and a warning says where it was acquired', async () => {
    const child = startChild('acquire-and.mjs', 'drop');
    const startPort = await child.next<number>();
    const warning = await child.next<{ code: string; message: string }>();
    expect(warning.code).toBe('WPR_RESERVATION_DROPPED');
    expect(warning.message).toContain(`tcp ${startPort}-${startPort + 1}`);
    expect(warning.message).toContain('acquire-and.mjs');
    // The warning comes when the release begins.
    await becomesFree(startPort);
    expect(await child.finish()).toBe(0);
  });
});

describe('many processes at once', () => {
  // A Windows process, especially under Wine, takes more memory and time than a process of the simulator.
  const processes = { simulated: 200, wine: 12, windows: 40 }[ring];

  elevatedIt('ensure one block: one creates it, and all have it', async () => {
    const startPort = await freeBlock(8);
    const children = Array.from({ length: processes }, () => startChild('ensure-once.mjs', startPort, 8));
    const outcomes = (await Promise.all(children.map((child) => child.next()))) as {
      created: boolean;
      token: bigint;
    }[];
    await Promise.all(children.map(({ exited }) => exited));
    expect(outcomes.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(outcomes.map(({ token }) => token)).size).toBe(1);
    await (await PersistentPortReservation.lookup({ protocol: 'tcp', startPort, numberOfPorts: 8 })).delete();
  });

  elevatedIt('create overlapping blocks: one wins, and the others say which block is in the way', async () => {
    const startPort = await freeBlock(12);
    const children = [0, 1, 2, 3, 4].map((offset) => startChild('create-once.mjs', startPort + offset, 6));
    const outcomes = (await Promise.all(children.map((child) => child.next()))) as {
      startPort?: number;
      code?: string;
      blocks?: number[];
    }[];
    await Promise.all(children.map(({ exited }) => exited));
    const [winner, ...others] = outcomes.filter((outcome) => outcome.startPort !== undefined);
    expect(others).toEqual([]);
    const losers = outcomes.filter((outcome) => outcome !== winner);
    expect(losers).toHaveLength(4);
    for (const loser of losers) {
      expect(loser).toEqual({ code: 'ERROR_SHARING_VIOLATION', blocks: [winner?.startPort] });
    }
    await (
      await PersistentPortReservation.lookup({ protocol: 'tcp', startPort: winner?.startPort ?? 0, numberOfPorts: 6 })
    ).delete();
  });
});

describe('a worker thread', () => {
  it('listens inside a reservation that was passed to it', async () => {
    const reservation = await RuntimePortReservation.acquire({ protocol: 'tcp', numberOfPorts: 2 });
    const worker = new Worker(new URL('children/listen-in-worker.mjs', import.meta.url), { workerData: reservation });
    const [port] = (await once(worker, 'message')) as [number];
    expect([0, 1]).toContain(port - reservation.startPort);
    const [response] = (await once(http.get({ host: '127.0.0.1', port, agent: false }), 'response')) as [
      http.IncomingMessage,
    ];
    expect(response.statusCode).toBe(200);
    response.resume();
    await worker.terminate();
    await reservation.release();
    expect(await bindElsewhere('tcp', port)).toBe('bound');
  });
});

/** Counts the handles of this Windows process; 0 on other systems. */
function handleCount(): number {
  const standIn = Reflect.get(globalThis, Symbol.for('win-port-reservation.stand-in')) as
    { handleCount(): number } | undefined;
  return standIn?.handleCount() ?? 0;
}

describe('rounds of listen and close', () => {
  const servers: http.Server[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map(closeServer));
  });

  it('leave nothing on the machine, and every port usable', async () => {
    const rounds = ring === 'simulated' ? 150 : 300;
    const reservation = await RuntimePortReservation.acquire({ protocol: 'tcp', numberOfPorts: 2 });
    const before = (await savedMachine())?.sockets.length;
    const handlesBefore = handleCount();
    for (let round = 0; round < rounds; round += 1) {
      const server = http.createServer();
      await listen(server, reservation, { host: '127.0.0.1' });
      await closeServer(server);
    }
    expect((await savedMachine())?.sockets.length).toBe(before);
    // One lost handle per round would be hundreds; Node's own number varies by a few.
    expect(handleCount() - handlesBefore).toBeLessThan(rounds / 10);
    await reservation.release();
  });

  it('end with a defined error when the server is closed meanwhile', async () => {
    const reservation = await RuntimePortReservation.acquire({ protocol: 'tcp', numberOfPorts: 1 });
    const server = http.createServer();
    server.on('listening', () => undefined);
    // The server is closed in the same turn in which Node takes the handle, so it never emits 'listening'.
    const original = server.listen.bind(server);
    server.listen = ((...args: Parameters<typeof original>) => {
      original(...args);
      server.close();
      return server;
    }) as never;
    await expectFailure(listen(server, reservation), { code: 'ERR_SERVER_CLOSED' });
    await reservation.release();
  });
});
