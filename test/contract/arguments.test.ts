// SPDX-License-Identifier: MIT
import http from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as calls from 'win-port-reservation';
import { listen, ReservationSocket } from 'win-port-reservation';
import { savedMachine } from './ring.js';

// Wrong arguments give a TypeError or RangeError that names the parameter, and Windows is never asked.

type Call = (...args: unknown[]) => Promise<unknown>;

const wrongPorts = [
  [-1, 'ERR_OUT_OF_RANGE'],
  [65_536, 'ERR_OUT_OF_RANGE'],
  [1.5, 'ERR_OUT_OF_RANGE'],
  [Number.NaN, 'ERR_OUT_OF_RANGE'],
  [Infinity, 'ERR_OUT_OF_RANGE'],
  ['80', 'ERR_INVALID_ARG_TYPE'],
  [80n, 'ERR_INVALID_ARG_TYPE'],
  [null, 'ERR_INVALID_ARG_TYPE'],
] as const;

const wrongTokens = [
  [1, 'ERR_INVALID_ARG_TYPE'],
  ['1', 'ERR_INVALID_ARG_TYPE'],
  [undefined, 'ERR_INVALID_ARG_TYPE'],
  [-1n, 'ERR_OUT_OF_RANGE'],
  [2n ** 64n, 'ERR_OUT_OF_RANGE'],
] as const;

async function expectRefusal(run: () => Promise<unknown>, parameter: string, code: string): Promise<void> {
  const before = await savedMachine();
  const error: unknown = await run().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(code === 'ERR_OUT_OF_RANGE' ? RangeError : TypeError);
  expect(error).toMatchObject({ code });
  expect((error as Error).message).toContain(`"${parameter}" must be `);
  expect(await savedMachine()).toEqual(before);
}

const persistent = Object.entries(calls).filter(([name]) => /^(create|delete|lookup)Persistent/.test(name)) as [
  string,
  Call,
][];

describe.each(persistent)('%s', (_, call) => {
  it.each([...wrongPorts, [0, 'ERR_OUT_OF_RANGE'], [undefined, 'ERR_INVALID_ARG_TYPE']] as const)(
    'refuses %s as start port and as number of ports',
    async (value, code) => {
      await expectRefusal(() => call(value, 1), 'startPort', code);
      await expectRefusal(() => call(5000, value), 'numberOfPorts', code);
    },
  );

  it('refuses a block that runs past 65535', async () => {
    await expectRefusal(() => call(65_535, 2), 'numberOfPorts', 'ERR_OUT_OF_RANGE');
    await expectRefusal(() => call(2, 65_535), 'numberOfPorts', 'ERR_OUT_OF_RANGE');
  });
});

describe('ReservationSocket', () => {
  let socket: ReservationSocket;
  beforeAll(async () => {
    socket = await ReservationSocket.open({ protocol: 'tcp' });
  });
  afterAll(async () => {
    await socket.close();
  });

  it.each([undefined, null, 'tcp', 6])('refuses %s as options of open', async (options) => {
    await expectRefusal(() => ReservationSocket.open(options as never), 'options', 'ERR_INVALID_ARG_TYPE');
  });

  it('refuses other protocols and families', async () => {
    const open = (options: unknown) => () => ReservationSocket.open(options as never);
    await expectRefusal(open({}), 'options.protocol', 'ERR_INVALID_ARG_TYPE');
    await expectRefusal(open({ protocol: 'TCP' }), 'options.protocol', 'ERR_INVALID_ARG_TYPE');
    await expectRefusal(open({ protocol: 'tcp', family: 5 }), 'options.family', 'ERR_INVALID_ARG_TYPE');
    await expectRefusal(open({ protocol: 'tcp', family: 'IPv6' }), 'options.family', 'ERR_INVALID_ARG_TYPE');
  });

  it.each(wrongPorts)('refuses %s in acquirePortReservation and bind', async (value, code) => {
    const acquire = (options: unknown) => () => socket.acquirePortReservation(options as never);
    await expectRefusal(acquire({ startPort: value, numberOfPorts: 1 }), 'startPort', code);
    await expectRefusal(acquire({ numberOfPorts: value }), 'numberOfPorts', code);
    await expectRefusal(() => socket.bind({ port: value as never }), 'options.port', code);
  });

  it('refuses 0 ports, and more ports than exist', async () => {
    const acquire = (options: unknown) => () => socket.acquirePortReservation(options as never);
    await expectRefusal(acquire({ numberOfPorts: 0 }), 'numberOfPorts', 'ERR_OUT_OF_RANGE');
    await expectRefusal(acquire({ startPort: 65_000, numberOfPorts: 537 }), 'numberOfPorts', 'ERR_OUT_OF_RANGE');
    await expectRefusal(acquire({}), 'numberOfPorts', 'ERR_INVALID_ARG_TYPE');
    await expectRefusal(acquire(undefined), 'options', 'ERR_INVALID_ARG_TYPE');
  });

  it.each(wrongTokens)('refuses %s as a token', async (token, code) => {
    await expectRefusal(() => socket.associatePortReservation(token as never), 'token', code);
    await expectRefusal(() => socket.releasePortReservation(token as never), 'token', code);
  });

  it('refuses a host that is not an address of its family', async () => {
    for (const host of ['', 'localhost', '::1', '300.1.1.1', '127.0.0.1\0']) {
      await expectRefusal(() => socket.bind({ host }), 'options.host', 'ERR_OUT_OF_RANGE');
    }
    await expectRefusal(() => socket.bind({ host: 127 as never }), 'options.host', 'ERR_INVALID_ARG_TYPE');
    await expectRefusal(() => socket.bind({ ipv6Only: 1 as never }), 'options.ipv6Only', 'ERR_INVALID_ARG_TYPE');
    await expectRefusal(() => socket.bind(null as never), 'options', 'ERR_INVALID_ARG_TYPE');
  });
});

describe('listen', () => {
  const reservation = { protocol: 'tcp', token: 1n } as const;
  const listenWith = (options: unknown) => () => listen(http.createServer(), reservation, options as never);

  it('refuses a value that is not a server', async () => {
    for (const server of [undefined, {}, 'server', http]) {
      await expectRefusal(() => listen(server as never, reservation), 'server', 'ERR_INVALID_ARG_TYPE');
    }
  });

  it.each(wrongTokens)('refuses a reservation with %s as its token', async (token, code) => {
    const wrong = { protocol: 'tcp', token } as never;
    await expectRefusal(() => listen(http.createServer(), wrong), 'reservation.token', code);
  });

  it('refuses a UDP reservation, and a value that is not a reservation', async () => {
    const listenIn = (value: unknown) => () => listen(http.createServer(), value as never);
    await expectRefusal(listenIn({ protocol: 'udp', token: 1n }), 'reservation.protocol', 'ERR_OUT_OF_RANGE');
    await expectRefusal(listenIn({ token: 1n }), 'reservation.protocol', 'ERR_INVALID_ARG_TYPE');
    await expectRefusal(listenIn(1n), 'reservation', 'ERR_INVALID_ARG_TYPE');
    await expectRefusal(listenIn(null), 'reservation', 'ERR_INVALID_ARG_TYPE');
  });

  it.each(wrongPorts)('refuses %s as port and as backlog', async (value, code) => {
    await expectRefusal(listenWith({ port: value }), 'options.port', code);
    await expectRefusal(listenWith({ backlog: value }), 'options.backlog', code);
  });

  it('refuses other options of the wrong kind', async () => {
    await expectRefusal(listenWith({ host: 1 }), 'options.host', 'ERR_INVALID_ARG_TYPE');
    await expectRefusal(listenWith({ host: '' }), 'options.host', 'ERR_OUT_OF_RANGE');
    await expectRefusal(listenWith({ ipv6Only: 'yes' }), 'options.ipv6Only', 'ERR_INVALID_ARG_TYPE');
    await expectRefusal(listenWith({ signal: {} }), 'options.signal', 'ERR_INVALID_ARG_TYPE');
    await expectRefusal(listenWith(8080), 'options', 'ERR_INVALID_ARG_TYPE');
  });
});

describe('explainPort', () => {
  const explain = (options: unknown) => () => calls.explainPort(options as never);

  it.each([...wrongPorts, [0, 'ERR_OUT_OF_RANGE']] as const)(
    'refuses %s as a port, and as the first port of a block',
    async (value, code) => {
      await expectRefusal(explain({ protocol: 'tcp', port: value }), 'options.port', code);
      await expectRefusal(explain({ protocol: 'tcp', startPort: value }), 'options.startPort', code);
    },
  );

  it('refuses options without a port or a block, and with both', async () => {
    await expectRefusal(explain({ protocol: 'tcp' }), 'options.port', 'ERR_INVALID_ARG_TYPE');
    const both = { protocol: 'tcp', port: 5000, startPort: 5000 };
    await expectRefusal(explain(both), 'options.startPort', 'ERR_INVALID_ARG_TYPE');
  });
});
