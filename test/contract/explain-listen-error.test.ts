// SPDX-License-Identifier: MIT
import dgram from 'node:dgram';
import { once } from 'node:events';
import http from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import {
  addExcludedPortRange,
  createPersistentTcpPortReservation,
  createPersistentUdpPortReservation,
  deleteExcludedPortRange,
  explainListenError,
  PersistentPortReservation,
  RuntimePortReservation,
  type PortBlock,
  type PortExplanation,
  type Protocol,
} from 'win-port-reservation';
import { bothElevationsIt, elevatedIt, steeredIt } from './needs.js';
import { closeServer, freeBlock, listenOrdinarily, onMachine, startChild } from './ring.js';

const undo: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

async function reserveForeign(block: PortBlock): Promise<() => Promise<unknown>> {
  await onMachine('addForeignReservation', block);
  const release = () => onMachine('deleteForeignReservation', block);
  undo.push(release);
  return release;
}

async function errorOf(promise: Promise<unknown>): Promise<Error> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Error);
  return error as Error;
}

/** Returns the error that any program gets. */
async function refusedBind(protocol: Protocol, port: number): Promise<Error> {
  if (protocol === 'tcp') return errorOf(once(http.createServer().listen(port), 'listening'));
  const socket = dgram.createSocket('udp4').bind(port);
  const error = await errorOf(once(socket, 'listening'));
  socket.close();
  return error;
}

const create = { tcp: createPersistentTcpPortReservation, udp: createPersistentUdpPortReservation };

describe.each(['tcp', 'udp'] as const)('the error of an ordinary %s bind', (protocol) => {
  steeredIt('in a foreign range is explained with the range', async () => {
    const startPort = await freeBlock(100);
    await reserveForeign({ protocol, startPort, numberOfPorts: 100 });
    const error = await refusedBind(protocol, startPort + 1);
    expect(error).toMatchObject({ code: 'EACCES', port: startPort + 1 });
    const explanation = await explainListenError(error);
    expect(explanation).toMatchObject({ protocol, port: startPort + 1, cause: 'foreign-range', bindable: false });
    expect(explanation.range).toMatchObject({ startPort, endPort: startPort + 99 });
    expect(explanation.evidence[0]).toEqual({
      source: protocol === 'tcp' ? 'listen' : 'bind',
      finding: expect.stringContaining('EACCES') as string,
    });
    expect('host' in explanation).toBe(false);
  });

  steeredIt('says so when the port can be had by now', async () => {
    const block = { protocol, startPort: await freeBlock(1), numberOfPorts: 1 };
    const release = await reserveForeign(block);
    const error = await refusedBind(protocol, block.startPort);
    await release();
    undo.pop();
    const explanation = await explainListenError(error);
    expect(explanation).toMatchObject({ cause: 'free', bindable: true });
    expect(explanation.sentence).toContain('EACCES');
  });

  it('on a port in use is explained with the process', async () => {
    const port = await freeBlock(1);
    const child = startChild('own-port.mjs', protocol, '0.0.0.0', port);
    const owner = await child.next<{ processId: number }>();
    const explanation = await explainListenError(await refusedBind(protocol, port));
    expect(explanation).toMatchObject({ protocol, port, cause: 'in-use', owners: [owner] });
    await child.finish();
  });
});

describe('the error of this package', () => {
  steeredIt.each(['tcp', 'udp'] as const)(
    'for a %s block is explained for the port that is in the way',
    async (protocol) => {
      const startPort = await freeBlock(8);
      await reserveForeign({ protocol, startPort: startPort + 5, numberOfPorts: 2 });
      const explanation = await explainListenError(await errorOf(create[protocol](startPort, 8)));
      expect(explanation).toMatchObject({ cause: 'foreign-range', port: startPort + 5 });
      const inWhole = { protocol, startPort, numberOfPorts: 8 };
      const acquired = await explainListenError(await errorOf(RuntimePortReservation.acquire(inWhole)));
      expect(acquired).toMatchObject({ cause: 'foreign-range', port: startPort + 5 });
    },
  );

  steeredIt(
    'for a block that overlaps what WSL holds is explained with WSL, and with nothing once that is gone',
    async () => {
      const startPort = await freeBlock(8);
      const held = { protocol: 'tcp', startPort: startPort + 3, numberOfPorts: 20 } as const;
      await onMachine('addUnlistedReservation', held, 10_048);
      const error = await errorOf(create.tcp(startPort, 8));
      const explanation = await explainListenError(error);
      await onMachine('deleteUnlistedReservation', held);
      expect(explanation).toMatchObject({ cause: 'guest-reservation', port: startPort + 3 });
      const later = await explainListenError(error);
      expect(later).toMatchObject({ cause: 'free', port: startPort });
      for (const data of [`TCP ports ${startPort}-${startPort + 7} `, 'ERROR_SHARING_VIOLATION']) {
        expect(later.sentence).toContain(data);
      }
    },
  );

  elevatedIt('for a block in which a server listens is explained with the server', async () => {
    const startPort = await freeBlock(4);
    const server = await listenOrdinarily(startPort + 2);
    const explanation = await explainListenError(await errorOf(create.tcp(startPort, 4)));
    expect(explanation).toMatchObject({ port: startPort + 2, owners: [{ processId: process.pid }] });
    await closeServer(server);
  });

  elevatedIt('for a reservation over an exclusion says that the two exclude each other', async () => {
    const block = { protocol: 'tcp', startPort: await freeBlock(2), numberOfPorts: 2 } as const;
    await addExcludedPortRange(block);
    undo.push(() => deleteExcludedPortRange(block));
    const explanation = await explainListenError(await errorOf(RuntimePortReservation.acquire(block)));
    expect(explanation).toMatchObject({ cause: 'administered-range', bindable: true });
    expect(explanation.advice.at(-1)?.call).toContain('deleteExcludedPortRange');
  });

  bothElevationsIt('for a token in a process that is not elevated says so, whatever the port', async () => {
    const block = { protocol: 'tcp', startPort: await freeBlock(2), numberOfPorts: 2 } as const;
    const reservation = await PersistentPortReservation.create(block);
    undo.push(() => reservation.delete());
    const child = startChild('not-elevated-explain.mjs', 'tcp', block.startPort, block.startPort, 2);
    const [plain, named, chosen] = [await child.next(), await child.next(), await child.next()] as PortExplanation[];
    expect(plain).toMatchObject({ cause: 'persistent-reservation', bindable: false });
    expect(plain?.advice[0]).toMatchObject({
      elevated: true,
      call: expect.stringContaining('PersistentPortReservation.lookup(') as string,
    });
    expect(named).toMatchObject({ cause: 'not-elevated', port: block.startPort, certainty: 'certain' });
    expect(chosen).toMatchObject({ cause: 'not-elevated', port: 0, certainty: 'certain' });
    expect(await child.exited).toBe(0);
  });
});

describe('an explanation without netsh', () => {
  const command = 'netsh interface ipv4 show excludedportrange';

  steeredIt.each(['fails', 'hangs'])('that %s is less certain and says why', async (how) => {
    const startPort = await freeBlock(100);
    await reserveForeign({ protocol: 'tcp', startPort, numberOfPorts: 100 });
    const error = await refusedBind('tcp', startPort);
    if (how === 'fails') await onMachine('failNext', command, 1168);
    else await onMachine('delayNext', command, 12_000);
    const explanation = await explainListenError(error);
    expect(explanation).toMatchObject({ cause: 'not-listed', certainty: 'possible', bindable: false });
    const missing = explanation.evidence.find(({ source }) => source === command);
    expect(missing?.finding).toMatch(/^Not known: ./);
    expect(explanation.advice.length).toBeGreaterThan(0);
  });

  steeredIt('names the process that has the port all the same', async () => {
    const port = await freeBlock(1);
    const child = startChild('own-port.mjs', 'tcp', '0.0.0.0', port);
    const owner = await child.next<{ processId: number }>();
    const error = await refusedBind('tcp', port);
    await onMachine('failNext', command, 5);
    expect(await explainListenError(error)).toMatchObject({ cause: 'in-use', certainty: 'certain', owners: [owner] });
    await child.finish();
  });
});

describe('a value that is not such an error', () => {
  it.each([undefined, new Error('no'), Object.assign(new Error('no'), { code: 'EACCES', syscall: 'open' })])(
    '%o is refused, and Windows is not asked',
    async (value) => {
      await expect(explainListenError(value)).rejects.toMatchObject({
        name: 'TypeError',
        code: 'ERR_INVALID_ARG_TYPE',
        message: expect.stringContaining('"error" must be') as string,
      });
    },
  );
});
