// SPDX-License-Identifier: MIT
// The package reads the caller's objects once and immediately, and only the fields that the caller set.
import dgram from 'node:dgram';
import http from 'node:http';
import net from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import * as api from 'win-port-reservation';
import { deleteLeftPersistentReservations } from './leftovers.js';
import { elevatedIt } from './needs.js';
import { closeServer, freeBlock, listenOrdinarily } from './ring.js';

afterEach(deleteLeftPersistentReservations);

/** Makes an object whose fields have another value at every read after the first, and counts the reads of each. */
function changing<Fields extends object>(fields: Fields): { object: Fields; reads: Record<string, number> } {
  const reads: Record<string, number> = {};
  const properties = Object.entries(fields).map(([name, value]) => {
    const get = (): unknown => {
      reads[name] = (reads[name] ?? 0) + 1;
      return reads[name] === 1 ? value : 'changed since';
    };
    return [name, { get, enumerable: true }] as const;
  });
  return { object: Object.defineProperties({}, Object.fromEntries(properties)) as Fields, reads };
}

/** Calls a function with changing objects and checks that each field was read once by the time the function returns. */
async function callOnce<Result>(
  call: (...objects: never[]) => Promise<Result>,
  ...given: readonly object[]
): Promise<Result> {
  const watched = given.map(changing);
  const result = call(...(watched.map(({ object }) => object) as never[]));
  result.catch(() => undefined);
  const atOnce = structuredClone(watched.map(({ reads }) => reads));
  for (const reads of atOnce)
    for (const [name, count] of Object.entries(reads)) expect([name, count]).toEqual([name, 1]);
  try {
    return await result;
  } finally {
    expect(watched.map(({ reads }) => reads)).toEqual(atOnce);
  }
}

describe('an object of the caller that changes is read once, at once:', () => {
  elevatedIt('persistent reservations', async () => {
    const range = { startPort: await freeBlock(2), numberOfPorts: 2 };
    const block = { protocol: 'tcp', ...range } as const;
    const { PersistentPortReservation: One, PersistentPortReservationPair: Pair } = api;
    const options = { portable: false };
    for (const [call, ...given] of [
      [One.create.bind(One), block],
      [One.lookup.bind(One), block],
      [One.ensure.bind(One), block, options],
    ] as const) {
      expect(await callOnce(call, ...given)).toMatchObject(block);
    }
    await api.deletePersistentTcpPortReservation(range.startPort, 2);
    for (const [call, ...given] of [
      [Pair.create.bind(Pair), range],
      [Pair.lookup.bind(Pair), range],
      [Pair.ensure.bind(Pair), range, options],
    ] as const) {
      expect(await callOnce(call, ...given)).toMatchObject(range);
    }
  });

  elevatedIt('exclusions', async () => {
    const block = { protocol: 'udp', startPort: await freeBlock(2), numberOfPorts: 2 } as const;
    await callOnce(api.addExcludedPortRange, block, { family: 4 });
    const { startPort } = block;
    expect(await api.listExcludedPortRanges({ protocol: 'udp' })).toContainEqual(
      expect.objectContaining({ startPort }),
    );
    await callOnce(api.deleteExcludedPortRange, block, { family: 4 });
  });

  it('one object, changed between calls and before they end, as when blocks are reserved in a loop', async () => {
    const options = { protocol: 'tcp' as const, numberOfPorts: 1, startPort: 0 };
    const first = await freeBlock(3);
    const acquiring = [0, 1, 2].map((offset) => {
      options.startPort = first + offset;
      return api.RuntimePortReservation.acquire(options);
    });
    const acquired = await Promise.all(acquiring);
    expect(acquired.map(({ startPort }) => startPort)).toEqual([first, first + 1, first + 2]);
    await Promise.all(acquired.map((reservation) => reservation.release()));
  });

  it('runtime reservations, and what is made inside', async () => {
    const { RuntimePortReservation: One, RuntimePortReservationPair: Pair } = api;
    const reservation = await callOnce(One.acquire.bind(One), {
      ...{ protocol: 'tcp', numberOfPorts: 4, startPort: await freeBlock(4), portable: false },
    });
    const pair = await callOnce(Pair.acquire.bind(Pair), { numberOfPorts: 1, portable: false });
    const { protocol, token, startPort, numberOfPorts } = reservation as api.RuntimePortReservation<'tcp'>;
    const plain = { protocol, token, startPort, numberOfPorts, processId: process.pid, reserved: true };
    const host = '127.0.0.1';
    const { signal } = new AbortController();

    const servers = [0, 1, 2].map(() => http.createServer());
    const listening = { port: startPort, host, backlog: 5, ipv6Only: false, signal };
    const [server, ...others] = servers as [http.Server, ...http.Server[]];
    const address = await callOnce((...args) => api.listen(server, ...(args as [never, never])), plain, listening);
    expect(address.port).toBe(startPort);
    const more = { ...listening, port: startPort + 1 };
    const addresses = await callOnce((...args) => api.listenOnEach(others, ...(args as [never, never])), plain, more);
    expect(addresses.map(({ port }) => port)).toEqual([startPort + 1, startPort + 2]);
    const options = { port: startPort, host, localPort: startPort + 3, localAddress: host, family: 4, noDelay: true };
    const client = await callOnce(api.connect, plain, { ...options, signal });
    expect(client.localPort).toBe(startPort + 3);
    client.destroy();

    const socket = dgram.createSocket('udp4');
    const udp = { protocol: 'udp', token: pair.udp.token, startPort: pair.startPort, numberOfPorts: 1 };
    const bound = await callOnce((...args) => api.bind(socket, ...(args as [never, never])), udp, { port: 0, host });
    expect(bound.port).toBe(pair.startPort);
    socket.close();
    await Promise.all(servers.map(closeServer));
    await Promise.all([reservation.release(), pair.release()]);
  });

  it('sockets of the caller', async () => {
    const { ReservationSocket } = api;
    const open = ReservationSocket.open.bind(ReservationSocket);
    await using socket = await callOnce(open, { protocol: 'udp', family: 4 });
    const block = { startPort: await freeBlock(1), numberOfPorts: 1 };
    expect(await callOnce(socket.acquirePortReservation.bind(socket), block)).toMatchObject(block);
    const { port } = await callOnce(socket.bind.bind(socket), { port: 0, host: '127.0.0.1', ipv6Only: false });
    expect(port).toBeGreaterThan(0);
  });

  it('questions', async () => {
    const server = await listenOrdinarily(0);
    const { port } = server.address() as net.AddressInfo;
    const owners = await callOnce(api.listPortOwners, { protocol: 'tcp', port });
    expect(owners.map((owner) => owner.port)).toEqual(owners.map(() => port));
    await callOnce(api.listExcludedPortRanges, { protocol: 'tcp', family: 4, store: 'active' });
    await callOnce(api.getDynamicPortRange, { protocol: 'tcp', family: 4 });
    const explained = await callOnce(api.explainPort, { protocol: 'tcp', port, host: '127.0.0.1' });
    expect(explained).toMatchObject({ port, host: '127.0.0.1' });
    const error = { code: 'EADDRINUSE', syscall: 'listen', port, address: '127.0.0.1', errno: -98 };
    expect(await callOnce(api.explainListenError, error)).toMatchObject({ port });
    const search = { protocol: 'tcp', numberOfPorts: 1, fromPort: port, toPort: 65_535, host: '127.0.0.1' };
    const found = await callOnce(api.findFreePorts, { ...search, hold: false, portable: false });
    expect((found as api.PortRange).startPort).toBeGreaterThan(port);
    await closeServer(server);
  });
});

describe('a field that only Object.prototype has', () => {
  // Use no field that Node would take for one of its own options.
  const wrong = { portable: 1, store: 'x', hold: 1, startPort: 'x', ipv6Only: 1, environment: {}, associate: 1 };

  it('is not an option of the caller', async () => {
    const names = Object.keys(wrong) as (keyof typeof wrong)[];
    const polluted = Object.prototype as Record<string, unknown>;
    const server = http.createServer();
    try {
      for (const name of names) polluted[name] = wrong[name];
      await api.listExcludedPortRanges({ protocol: 'tcp' });
      const reservation = await api.RuntimePortReservation.acquire({ protocol: 'tcp', numberOfPorts: 1 });
      const { port } = await api.listen(server, { protocol: 'tcp', token: reservation.token });
      expect(port).toBe(reservation.startPort);
      await closeServer(server);
      await reservation.release();
      expect((await api.findFreePorts()).numberOfPorts).toBe(1);
    } finally {
      for (const name of names) Reflect.deleteProperty(polluted, name);
    }
  });

  it('is an option of the caller where another prototype has it', async () => {
    const defaults = { protocol: 'tcp', numberOfPorts: 2 } as const;
    const options = Object.create(defaults) as typeof defaults;
    const reservation = await api.RuntimePortReservation.acquire(options);
    expect(reservation).toMatchObject(defaults);
    await reservation.release();
  });
});

describe('a wrong value', () => {
  const refusalOf = (value: unknown) =>
    api.RuntimePortReservation.acquire({ protocol: 'tcp', numberOfPorts: value as number }).then(
      () => undefined,
      (error: unknown) => error as Error,
    );

  it('is shortened to fit on a line, whatever its own inspect function returns', async () => {
    const inspect = Symbol.for('nodejs.util.inspect.custom');
    for (const value of [
      { [inspect]: () => 'x'.repeat(1_500_000) },
      Array.from({ length: 1000 }, (_, index) => `item ${index}`),
      Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`key${index}`, 'x'.repeat(100)])),
      'x'.repeat(1_500_000),
    ]) {
      const error = await refusalOf(value);
      expect(error).toBeInstanceOf(TypeError);
      expect(error?.message.length).toBeLessThan(300);
    }
  });

  it('does not replace the error with an error of its own', async () => {
    const throwing = {
      get [Symbol.toStringTag](): string {
        throw new Error('from the value');
      },
      [Symbol.for('nodejs.util.inspect.custom')]() {
        throw new Error('from the value');
      },
    };
    for (const value of [throwing, new Proxy({}, { get: () => expect.fail('read') }), Symbol('port'), 5n]) {
      expect(await refusalOf(value)).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
    }
  });

  it.each(['x', 5n, Symbol('port'), null, {}, -1, 70_000])('%s is refused in a plain reservation', async (value) => {
    for (const name of ['startPort', 'numberOfPorts', 'processId', 'reserved']) {
      if (name === 'processId' && value === 70_000) continue;
      const reservation = { protocol: 'tcp', token: 1n, [name]: value } as never;
      const expected = { message: expect.stringContaining(`"reservation.${name}" must be`) as string };
      await expect(api.listen(http.createServer(), reservation, { port: 5000 })).rejects.toMatchObject(expected);
      await expect(api.connect(reservation, { port: 5000 })).rejects.toMatchObject(expected);
    }
  });

  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])('an error with the code %s', async (code) => {
    const error = { code, syscall: 'listen', port: 3000 };
    await expect(api.explainListenError(error)).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
  });
});
