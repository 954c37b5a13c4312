// SPDX-License-Identifier: MIT
// Errors that say more than the number of Windows does: which ports and which processes are in the way.
import dgram from 'node:dgram';
import net from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  bind,
  connect,
  createPersistentTcpPortReservation,
  createPersistentUdpPortReservation,
  deletePersistentTcpPortReservation,
  deletePersistentUdpPortReservation,
  listen,
  PersistentPortReservation,
  PortReservationError,
  ReservationSocket,
  RuntimePortReservation,
  type AcquireRuntimeOptions,
  type Protocol,
} from 'win-port-reservation';
import { elevatedIt, steeredIt } from './needs.js';
import { closeServer, freeBlock, onMachine } from './ring.js';

async function acquire<P extends Protocol>(options: AcquireRuntimeOptions<P>): Promise<RuntimePortReservation<P>> {
  const reservation = await RuntimePortReservation.acquire(options);
  onTestFinished(() => reservation.release());
  return reservation;
}

function newServer(): net.Server {
  const server = net.createServer();
  onTestFinished(async () => {
    if (server.listening) await closeServer(server);
  });
  return server;
}

async function errorOf(call: Promise<unknown>): Promise<PortReservationError> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(PortReservationError);
  return error as PortReservationError;
}

describe('a block whose ports are all taken', () => {
  it('is named with its ports and who has them, for servers and for clients', async () => {
    const reservation = await acquire({ protocol: 'tcp', numberOfPorts: 2 });
    const { startPort } = reservation;
    for (let port = 0; port < 2; port += 1) await listen(newServer(), reservation, { host: '127.0.0.1' });
    const full = `All 2 ports of tcp ${startPort}-${startPort + 1} are in use, by this process.`;
    const calls = [
      () => listen(newServer(), reservation, { host: '127.0.0.1' }),
      () => listen(newServer(), reservation, { host: '127.0.0.1', port: startPort }),
      () => connect(reservation, { host: '127.0.0.1', port: startPort, localAddress: '127.0.0.1' }),
    ];
    for (const call of calls) {
      const error = await errorOf(call());
      expect(error.message).toContain(full);
      expect(error.hint).toMatch(/^Close a server or socket .* larger block/);
      expect(error).toMatchObject({ syscall: 'bind', protocol: 'tcp', token: reservation.token });
    }
  });

  it('is named where it has one port, for UDP', async () => {
    const reservation = await acquire({ protocol: 'udp', numberOfPorts: 1 });
    const [first, second] = [dgram.createSocket('udp4'), dgram.createSocket('udp4')];
    onTestFinished(() => {
      first.close();
      second.close();
    });
    await bind(first, reservation, { host: '127.0.0.1' });
    const { message } = await errorOf(bind(second, reservation, { host: '127.0.0.1' }));
    expect(message).toContain(`The only port of udp ${reservation.startPort} is in use, by this process.`);
  });

  it('is not said to be full while a port is free', async () => {
    const reservation = await acquire({ protocol: 'tcp', numberOfPorts: 2 });
    const { port } = await listen(newServer(), reservation, { host: '127.0.0.1' });
    const { message, hint } = await errorOf(listen(newServer(), reservation, { host: '127.0.0.1', port }));
    expect(message).toContain(`Port ${port} is in use by this process.`);
    expect(hint).toContain('name another port, or name none');
  });

  steeredIt('is not said to be full where Windows is out of buffers', async () => {
    const reservation = await acquire({ protocol: 'tcp', numberOfPorts: 3 });
    await listen(newServer(), reservation, { host: '127.0.0.1' });
    await onMachine('failNext', 'bind', 10_055);
    const { message, hint } = await errorOf(listen(newServer(), reservation, { host: '127.0.0.1' }));
    expect(message).toMatch(/ 1 of 3 ports of tcp \d+-\d+ is in use, so the block is not full\.$/);
    expect(hint).toContain('short of buffers');
  });

  steeredIt('leaves the error of Windows where the ports cannot be listed', async () => {
    const reservation = await acquire({ protocol: 'tcp', numberOfPorts: 1 });
    await listen(newServer(), reservation, { host: '127.0.0.1' });
    await onMachine('failNext', 'GetExtendedTcpTable', 8);
    const { message, hint } = await errorOf(listen(newServer(), reservation, { host: '127.0.0.1' }));
    expect(message).not.toContain('in use, by');
    expect(hint).toContain('Every port of the reservation is in use');
  });
});

/** Windows may have another error for such a token, which then says nothing about it: `associateUnknownToken`. */
function isUnknownToken(code: string): boolean {
  expect(code).toMatch(/^WSA/);
  return code === 'WSAEINVAL';
}

describe('a token that Windows does not know', () => {
  elevatedIt('is told from that of the same block now', async () => {
    const startPort = await freeBlock(2);
    const block = { protocol: 'tcp', startPort, numberOfPorts: 2 } as const;
    const token = await createPersistentTcpPortReservation(startPort, 2);
    const stale = { ...block, token: token ^ 1n };
    try {
      const { code, message, hint } = await errorOf(listen(newServer(), stale, { host: '127.0.0.1' }));
      if (!isUnknownToken(code)) return;
      expect(message).toContain(`The token of tcp ${startPort}-${startPort + 1} is ${token} by now.`);
      expect(hint).toMatch(/changes with each restart.*lookup\(\)/);
    } finally {
      await deletePersistentTcpPortReservation(startPort, 2);
    }
    const { message, hint } = await errorOf(listen(newServer(), stale, { host: '127.0.0.1' }));
    expect(message).toContain(`Windows has no persistent reservation of exactly tcp ${startPort}-${startPort + 1}.`);
    expect(hint).toContain('ensure()');
  });

  it('is explained where its block is not known', async () => {
    const { code, hint } = await errorOf(listen(newServer(), { protocol: 'tcp', token: 42n }, { host: '127.0.0.1' }));
    if (isUnknownToken(code))
      expect(hint).toMatch(
        /No reservation that this process may use has this token.*look it up at each start.*released/s,
      );
  });
});

/** Checks what is said about a persistent reservation of two ports, which Windows need not list, and may list with a star. */
function expectToNamePersistent(
  { blocks = [], message, hint }: PortReservationError,
  { protocol, startPort }: { protocol: Protocol; startPort: number },
): void {
  const [inTheWay] = blocks;
  if (inTheWay === undefined) expect(message).toContain('No listed reservation overlaps the block');
  else if (inTheWay.administered) expect(hint).toContain(`An administrator excluded ${startPort}-${startPort + 1}`);
  else expect(hint).toMatch(new RegExp(`is a persistent reservation: .* delete ${protocol} ${startPort} 2$`));
}

describe('a block that is reserved already', () => {
  it('is said to be of this process', async () => {
    const { protocol, startPort } = await acquire({ protocol: 'tcp', numberOfPorts: 2 });
    const call = RuntimePortReservation.acquire({ protocol, startPort, numberOfPorts: 1 });
    const { hint } = await errorOf(call);
    // Windows need not list a runtime reservation.
    if (hint?.startsWith('This process') !== true) expect(hint).not.toContain('another program');
    else expect(hint).toContain('has acquired');
  });

  elevatedIt('is said to be a persistent reservation, with the command that deletes it', async () => {
    const startPort = await freeBlock(3);
    const reservation = await PersistentPortReservation.create({ protocol: 'tcp', startPort, numberOfPorts: 2 });
    onTestFinished(() => reservation.delete());
    const error = await errorOf(PersistentPortReservation.ensure({ protocol: 'tcp', startPort, numberOfPorts: 3 }));
    expectToNamePersistent(error, { protocol: 'tcp', startPort });
  });
});

describe('a value in the place of the reservation', () => {
  it.each([
    ['the options', { port: 3000 }, '{ port: 3000 }'],
    ['a port', 3000, '3000 (number)'],
    ['nothing', undefined, 'undefined'],
    ['a promise', Promise.resolve({ protocol: 'tcp', token: 1n }), 'Promise {'],
  ])('is named: %s', async (_, value, shown) => {
    const socket = dgram.createSocket('udp4');
    onTestFinished(() => void socket.close());
    for (const call of [
      () => listen(newServer(), value as never),
      () => connect(value as never, { port: 1 }),
      () => bind(socket, value as never),
    ]) {
      await expect(call()).rejects.toMatchObject({
        code: 'ERR_INVALID_ARG_TYPE',
        message: expect.stringMatching(
          /^"reservation" must be the awaited result of .*; the options come after it; received /,
        ) as string,
      });
      await expect(call()).rejects.toThrow(shown);
    }
  });

  it('and a port outside it are told with the ports that may be named', async () => {
    const reservation = await acquire({ protocol: 'tcp', numberOfPorts: 2 });
    const { startPort } = reservation;
    await expect(listen(newServer(), reservation, { port: startPort + 2 })).rejects.toThrow(
      `"options.port" must be from ${startPort} to ${startPort + 1}, a port of the reservation, or 0 for any free one of them; received ${startPort + 2}`,
    );
  });
});

describe('a call of Windows that is refused', () => {
  async function open(protocol: Protocol): Promise<ReservationSocket> {
    const socket = await ReservationSocket.open({ protocol });
    onTestFinished(() => socket.close());
    return socket;
  }

  elevatedIt.each([
    ['tcp', createPersistentTcpPortReservation, deletePersistentTcpPortReservation],
    ['udp', createPersistentUdpPortReservation, deletePersistentUdpPortReservation],
  ] as const)('says what is in the way of a persistent reservation: %s', async (protocol, create, remove) => {
    const startPort = await freeBlock(3);
    await create(startPort, 2);
    onTestFinished(() => remove(startPort, 2));
    expectToNamePersistent(await errorOf(create(startPort + 1, 2)), { protocol, startPort });
  });

  it('says that the block is one of this process', async () => {
    const owner = await open('tcp');
    const { startPort } = await owner.acquirePortReservation({ numberOfPorts: 2 });
    const { message, hint } = await errorOf(
      (await open('tcp')).acquirePortReservation({ startPort, numberOfPorts: 1 }),
    );
    // Windows need not list a runtime reservation.
    if (message.includes('overlaps reserved ports')) expect(hint).toContain('This process has acquired');
    else expect(message).toContain('No listed reservation overlaps the block');
  });

  steeredIt('says how to find out what reserves the port of a socket that is associated with nothing', async () => {
    const startPort = await freeBlock(2);
    await onMachine('addForeignReservation', { protocol: 'tcp', startPort, numberOfPorts: 2 });
    try {
      const { message, hint } = await errorOf((await open('tcp')).bind({ host: '127.0.0.1', port: startPort }));
      expect(message).toMatch(/No process is listed at this port\.$/);
      expect(hint).toMatch(new RegExp(` explain tcp ${startPort}$`));
    } finally {
      await onMachine('deleteForeignReservation', { protocol: 'tcp', startPort, numberOfPorts: 2 });
    }
  });

  it('says whose the ports of the associated block are, and of a block that is full', async () => {
    const owner = await open('tcp');
    const { startPort, token } = await owner.acquirePortReservation({ numberOfPorts: 2 });
    const taken = `Port ${startPort} is in use by this process.`;
    const full = `All 2 ports of tcp ${startPort}-${startPort + 1} are in use, by this process.`;
    const cases = [
      { used: startPort, port: startPort, reason: taken },
      { used: startPort + 1, port: 0, reason: full },
    ];
    for (const { used, port, reason } of cases) {
      await listen(newServer(), { protocol: 'tcp', token }, { host: '127.0.0.1', port: used });
      const socket = await open('tcp');
      await socket.associatePortReservation(token);
      expect((await errorOf(socket.bind({ host: '127.0.0.1', port }))).message).toContain(reason);
    }
  });
});
