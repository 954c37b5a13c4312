// SPDX-License-Identifier: MIT
import { afterEach, describe, expect, it } from 'vitest';
import {
  addExcludedPortRange,
  deleteExcludedPortRange,
  explainListenError,
  explainPort,
  PersistentPortReservation,
  RuntimePortReservation,
  type PortBlock,
  type PortExplanation,
  type Protocol,
} from 'win-port-reservation';
import { assumed } from './assumed.js';
import { explainInTime } from './children/explain-in-time.mjs';
import { elevatedIt, steeredIt } from './needs.js';
import { closeServer, freeBlock, isWine, listenOrdinarily, onMachine, packageCommand, startChild } from './ring.js';
import { watchBinding } from './watched-binding.js';

const host = '127.0.0.1';
const undo: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

async function reserveForeign(block: PortBlock): Promise<void> {
  await onMachine('addForeignReservation', block);
  undo.push(() => onMachine('deleteForeignReservation', block));
}

async function reserveUnlisted(block: PortBlock, errorNumber: number): Promise<void> {
  await onMachine('addUnlistedReservation', block, errorNumber);
  undo.push(() => onMachine('deleteUnlistedReservation', block));
}

async function exclude(block: PortBlock): Promise<void> {
  await addExcludedPortRange(block);
  undo.push(() => deleteExcludedPortRange(block));
}

/** Starts another process that has the port. */
async function startOwner(protocol: Protocol, port: number, address = host): Promise<{ processId: number }> {
  const child = startChild('own-port.mjs', protocol, address, port);
  undo.push(() => child.finish());
  return child.next<{ processId: number }>();
}

/** Returns the explanations that other processes get, elevated and not. */
async function explainElsewhere(script: string, protocol: Protocol, port: number): Promise<PortExplanation> {
  const child = startChild(script, protocol, port);
  const explanation = await child.next<PortExplanation>();
  expect(await child.exited).toBe(0);
  return explanation;
}

const rangeOf = (block: PortBlock, administered: boolean) => ({
  ...block,
  endPort: block.startPort + block.numberOfPorts - 1,
  administered,
});

/** Tells whether Windows does not list such a reservation. It need not, and its ports then are those that no list shows. */
async function isUnlisted(
  { cause, bindable }: PortExplanation,
  name: 'listsPersistentReservations' | 'listsRuntimeReservations',
): Promise<boolean> {
  const lists = (await assumed(name)) ?? cause !== 'not-listed';
  if (!lists) expect({ cause, bindable }).toEqual({ cause: 'not-listed', bindable: false });
  return !lists;
}

describe.each(['tcp', 'udp'] as const)('a %s port', (protocol) => {
  const name = protocol.toUpperCase();
  // Wine binds a UDP socket to all addresses, whatever its address.
  const isWinesUdp = isWine && protocol === 'udp';

  it('that no process has is free, and stays free', async () => {
    const port = await freeBlock(1);
    for (const options of [
      { protocol, port },
      { protocol, port, host },
    ]) {
      const explanation = await explainInTime(options);
      expect(explanation).toMatchObject({
        ...options,
        cause: 'free',
        bindable: true,
        certainty: 'certain',
        owners: [],
      });
      expect('host' in explanation).toBe('host' in options);
    }
  });

  it('that another process has is in use, and the process is named', async () => {
    const port = await freeBlock(1);
    const owner = await startOwner(protocol, port);
    const explanation = await explainInTime({ protocol, port, host });
    expect(explanation).toMatchObject({ cause: 'in-use', bindable: false, certainty: 'certain', owners: [owner] });
    expect(explanation.sentence).toContain(`${name} port ${port} `);
    for (const data of [`(process ${owner.processId})`, host]) expect(explanation.sentence).toContain(data);
    expect(explanation.advice[0]?.commands).toEqual([packageCommand(`free ${protocol} ${port}`)]);
  });

  it.skipIf(isWinesUdp)('that another process has at another address is free at this one', async () => {
    const port = await freeBlock(1);
    const owner = await startOwner(protocol, port, '127.0.0.2');
    const explanation = await explainInTime({ protocol, port, host });
    expect(explanation).toMatchObject({ cause: 'free', bindable: true, owners: [] });
    const findings = explanation.evidence.map(({ finding }) => finding);
    expect(findings.join('\n')).toMatch(new RegExp(`\\(process ${owner.processId}\\).* 127\\.0\\.0\\.2`));
  });

  steeredIt('in a range of WinNAT is explained, and another one offered that can be had', async () => {
    const startPort = await freeBlock(101);
    const block = { protocol, startPort, numberOfPorts: 100 };
    await reserveForeign(block);
    const port = startPort + 31;
    const explanation = await explainInTime({ protocol, port });
    expect(explanation).toMatchObject({
      cause: 'foreign-range',
      bindable: false,
      certainty: 'certain',
      range: rangeOf(block, false),
      owners: [],
    });
    for (const data of [`${name} port ${port} `, `${startPort}-${startPort + 99}`, 'WinNAT']) {
      expect(explanation.sentence).toContain(data);
    }
    const [protection, another] = explanation.advice;
    const offered = Number(/\d+/.exec(another?.text ?? '')?.[0]);
    expect(offered < startPort || offered > startPort + 99).toBe(true);
    expect((await explainInTime({ protocol, port: offered })).cause).toBe('free');
    expect(protection?.commands).toEqual([expect.stringMatching(new RegExp(` protect ${protocol} ${port}$`))]);
  });

  it('in a range of another program is explained with the program', async () => {
    const child = startChild('reserve-and-bind.mjs', protocol);
    undo.push(() => child.finish());
    const { port, otherPort, processId } = await child.next<Record<'port' | 'otherPort' | 'processId', number>>();
    const explanation = await explainInTime({ protocol, port: otherPort, host });
    if (await isUnlisted(explanation, 'listsRuntimeReservations')) return;
    expect(explanation).toMatchObject({ cause: 'foreign-range', bindable: false });
    for (const data of [`(process ${processId})`, `port ${port}`]) expect(explanation.sentence).toContain(data);
  });

  elevatedIt('in an administered range can be bound, and cannot be reserved', async () => {
    const block = { protocol, startPort: await freeBlock(4), numberOfPorts: 4 };
    await exclude(block);
    const explanation = await explainInTime({ protocol, port: block.startPort + 3, host });
    expect(explanation).toMatchObject({
      cause: 'administered-range',
      bindable: true,
      certainty: 'certain',
      range: rangeOf(block, true),
    });
    await startOwner(protocol, block.startPort);
    expect(await explainInTime({ protocol, port: block.startPort, host })).toMatchObject({
      cause: 'in-use',
      range: rangeOf(block, true),
    });
  });

  elevatedIt('in a persistent reservation is told with the block and the call that binds it', async () => {
    const block = { protocol, startPort: await freeBlock(4), numberOfPorts: 4 };
    const reservation = await PersistentPortReservation.create(block);
    undo.push(() => reservation.delete());
    const explanation = await explainInTime({ protocol, port: block.startPort + 2, host });
    if (await isUnlisted(explanation, 'listsPersistentReservations')) return;
    expect(explanation).toMatchObject({ cause: 'persistent-reservation', bindable: false, certainty: 'certain' });
    expect(explanation.sentence).toContain(`${block.startPort}-${block.startPort + 3}`);
    expect(explanation.advice[0]?.call).toContain('await PersistentPortReservation.lookup(');
  });

  it('in a runtime reservation of this process is reported, until it is released', async () => {
    const reservation = await RuntimePortReservation.acquire({
      protocol,
      numberOfPorts: 2,
      startPort: await freeBlock(2),
    });
    const port = reservation.startPort + 1;
    const explanation = await explainInTime({ protocol, port, host });
    expect(explanation).toMatchObject({ cause: 'runtime-reservation', certainty: 'certain' });
    expect(explanation.advice[0]?.call).toContain('reservation');
    await reservation.release();
    expect(await explainInTime({ protocol, port, host })).toMatchObject({ cause: 'free' });
  });

  steeredIt.each([10_013, 10_048])(
    'that WSL holds, refused with %i, is attributed to WSL in an elevated process',
    async (number) => {
      const startPort = await freeBlock(8);
      await reserveForeign({ protocol, startPort, numberOfPorts: 4 });
      await reserveUnlisted({ protocol, startPort: startPort + 4, numberOfPorts: 4 }, number);
      const port = startPort + 5;
      const known = await explainElsewhere('explain-once.mjs', protocol, port);
      expect(known).toMatchObject({ cause: 'guest-reservation', bindable: false, certainty: 'likely' });
      expect(known.sentence).toContain(`${startPort + 4}-${startPort + 7}`);
      const guessed = await explainElsewhere('not-elevated-explain.mjs', protocol, port);
      expect(guessed).toMatchObject({ cause: 'not-listed', bindable: false, certainty: 'likely', owners: [] });
      expect(guessed.range).toBeUndefined();
      expect(guessed.sentence).toContain('WSL');
      expect(guessed.advice.map(({ commands }) => commands?.[0])).toContain(
        packageCommand(`explain ${protocol} ${port} --host ${host}`),
      );
    },
  );

  steeredIt('that WSL holds under an exclusion is not blamed on the exclusion', async () => {
    const block = { protocol, startPort: await freeBlock(4), numberOfPorts: 4 };
    await reserveUnlisted(block, 10_013);
    await exclude(block);
    const guessed = await explainElsewhere('not-elevated-explain.mjs', protocol, block.startPort);
    expect(guessed).toMatchObject({ cause: 'not-listed', range: rangeOf(block, true) });
    expect(await explainInTime({ protocol, port: block.startPort, host })).toMatchObject({
      cause: 'guest-reservation',
    });
  });

  steeredIt('that a socket has for itself alone is told with the socket', async () => {
    const port = await freeBlock(1);
    const owner = await startOwner(protocol, port);
    // The error that SO_EXCLUSIVEADDRUSE causes, which Node cannot set.
    await onMachine('failNext', 'bind', 10_013);
    const explanation = await explainInTime({ protocol, port, host });
    expect(explanation).toMatchObject({ cause: 'exclusive-use', certainty: 'likely', owners: [owner] });
  });

  it.skipIf(isWinesUdp)('at an address of another machine is reported', async () => {
    const explanation = await explainInTime({ protocol, port: await freeBlock(1), host: '192.0.2.1' });
    expect(explanation).toMatchObject({ cause: 'address-not-available', host: '192.0.2.1', certainty: 'certain' });
  });

  it('at an unknown name is reported', async () => {
    // A label of a name cannot be this long, so no name server is asked.
    const nowhere = `${'x'.repeat(64)}.invalid`;
    const explanation = await explainInTime({ protocol, port: await freeBlock(1), host: nowhere });
    expect(explanation).toMatchObject({ cause: 'address-not-available', host: nowhere });
  });
});

describe('a port of this process', () => {
  it('is in use by it', async () => {
    const port = await freeBlock(1);
    const server = await listenOrdinarily(port);
    const explanation = await explainInTime({ protocol: 'tcp', port, host });
    expect(explanation).toMatchObject({ cause: 'in-use', owners: [{ processId: process.pid, address: host }] });
    await closeServer(server);
  });

  it('that is asked about many times at once is not reported in use because of these questions', async () => {
    const port = await freeBlock(1);
    const asked = Array.from({ length: 5 }, () => explainInTime({ protocol: 'udp', port, host }));
    expect((await Promise.all(asked)).map(({ cause }) => cause)).toEqual(Array(5).fill('free'));
  });
});

describe('the table of port owners, the dearest question,', () => {
  /** Counts how often an explanation reads the table and starts netsh. */
  async function countFor(explain: () => Promise<PortExplanation>) {
    const watched = watchBinding();
    try {
      const { cause } = await explain();
      return { cause, tables: watched.tableReads(), netsh: watched.netshCommands() };
    } finally {
      watched.stop();
    }
  }

  it('is read once for a port, whether it is free or in use', async () => {
    const port = await freeBlock(1);
    const explain = () => explainPort({ protocol: 'tcp', port, host });
    expect(await countFor(explain)).toEqual({ cause: 'free', tables: 1, netsh: 2 });
    await startOwner('tcp', port);
    expect(await countFor(explain)).toEqual({ cause: 'in-use', tables: 1, netsh: 2 });
  });

  it('is read once for a block that was refused', async () => {
    const startPort = await freeBlock(4);
    await startOwner('tcp', startPort + 2);
    const error = Object.assign(new Error('refused'), {
      code: 'WSAEADDRINUSE',
      errno: 10_048,
      syscall: 'WSAIoctl(SIO_ACQUIRE_PORT_RESERVATION)',
      protocol: 'tcp',
      startPort,
      numberOfPorts: 4,
      host,
    });
    const explain = async () => {
      const explanation = await explainListenError(error);
      expect(explanation.port).toBe(startPort + 2);
      return explanation;
    };
    expect(await countFor(explain)).toEqual({ cause: 'in-use', tables: 1, netsh: 2 });
  });

  steeredIt('is read once for a port of a reserved range', async () => {
    const startPort = await freeBlock(4);
    await reserveForeign({ protocol: 'tcp', startPort, numberOfPorts: 4 });
    const explain = () => explainPort({ protocol: 'tcp', port: startPort + 1 });
    expect(await countFor(explain)).toEqual({ cause: 'foreign-range', tables: 1, netsh: 2 });
  });
});
