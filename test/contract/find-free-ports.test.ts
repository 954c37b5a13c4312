// SPDX-License-Identifier: MIT
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { htons } from '../../dist/windows/byte-order.js';
import { tcpState } from '../../dist/windows/winsock.js';
import {
  findFreePorts,
  getDynamicPortRange,
  PortReservationError,
  type FindFreePortsOptions,
  type PortBlock,
  type PortRange,
  type Protocol,
} from 'win-port-reservation';
import { steeredIt } from './needs.js';
import {
  closeServer,
  expectFailure,
  freeBlock,
  listenOrdinarily,
  onMachine,
  onMachineInTurn,
  savedMachine,
  type MachineCall,
} from './ring.js';
import { watchBinding, type WatchedBinding } from './watched-binding.js';

const protocols: readonly Protocol[] = ['tcp', 'udp'];
/** Leaves room for programs of the host that happen to have a port. */
const fewBinds = 50;

let watched: WatchedBinding;
const undo: (() => Promise<unknown>)[] = [];

beforeEach(() => {
  watched = watchBinding();
});

afterEach(async () => {
  watched.stop();
  for (const step of undo.splice(0)) await step();
  // No test may leave anything behind.
  await expect.poll(() => watched.openSockets()).toBe(0);
});

type Kind = 'administered' | 'foreign' | 'unlisted';

function callsToExclude(kind: Kind, block: PortBlock): [add: MachineCall, remove: MachineCall] {
  if (kind === 'administered') {
    return [
      ['addExcludedPortRange', block],
      ['deleteExcludedPortRange', block],
    ];
  }
  if (kind === 'foreign') {
    return [
      ['addForeignReservation', block],
      ['deleteForeignReservation', block],
    ];
  }
  return [
    ['addUnlistedReservation', block, block.protocol === 'tcp' ? 10013 : 10048],
    ['deleteUnlistedReservation', block],
  ];
}

async function exclude(kind: Kind, ...blocks: PortBlock[]): Promise<void> {
  const calls = blocks.map((block) => callsToExclude(kind, block));
  await onMachineInTurn(calls.map(([add]) => add));
  undo.push(() => onMachineInTurn(calls.map(([, remove]) => remove)));
}

async function excludeForBoth(kind: Kind, ...ranges: PortRange[]): Promise<void> {
  await exclude(kind, ...ranges.flatMap((range) => protocols.map((protocol) => ({ protocol, ...range }))));
}

describe('ports that are found', () => {
  it('are one TCP port outside the dynamic range by default', async () => {
    const found = await findFreePorts();
    expect(found).toEqual({ protocol: 'tcp', startPort: expect.any(Number) as number, numberOfPorts: 1 });
    expect(found.startPort).toBeGreaterThanOrEqual(1024);
    expect(found.startPort).toBeLessThan((await getDynamicPortRange()).startPort);
    expect(watched.boundPorts()).toContain(found.startPort);
  });

  it('are as many as wanted, each bound once, and free again', async () => {
    const found = await findFreePorts({ protocol: 'udp', numberOfPorts: 7 });
    const expected = Array.from({ length: 7 }, (_, index) => found.startPort + index);
    expect(watched.boundPorts()).toEqual(expect.arrayContaining(expected));
    expect(watched.openSockets()).toBe(0);
    const again = await findFreePorts({ protocol: 'udp', numberOfPorts: 7, fromPort: found.startPort });
    expect(again).toEqual(found);
  });

  steeredIt('are the lowest from a port on', async () => {
    const startPort = await freeBlock(20);
    await exclude('foreign', { protocol: 'tcp', startPort: startPort + 2, numberOfPorts: 3 });
    await exclude('administered', { protocol: 'tcp', startPort: startPort + 8, numberOfPorts: 4 });
    expect((await findFreePorts({ fromPort: startPort, numberOfPorts: 2 })).startPort).toBe(startPort);
    expect((await findFreePorts({ fromPort: startPort, numberOfPorts: 3 })).startPort).toBe(startPort + 5);
    expect((await findFreePorts({ fromPort: startPort, numberOfPorts: 4 })).startPort).toBe(startPort + 12);
    // Only TCP ports are excluded.
    const udp = await findFreePorts({ protocol: 'udp', fromPort: startPort, numberOfPorts: 4 });
    expect(udp).toEqual({ protocol: 'udp', startPort, numberOfPorts: 4 });
  });

  steeredIt('are free for both protocols', async () => {
    const startPort = await freeBlock(12);
    await exclude('foreign', { protocol: 'tcp', startPort, numberOfPorts: 2 });
    await exclude('foreign', { protocol: 'udp', startPort: startPort + 4, numberOfPorts: 2 });
    const found = await findFreePorts({ protocol: 'both', fromPort: startPort, numberOfPorts: 3 });
    expect(found).toEqual({ protocol: 'both', startPort: startPort + 6, numberOfPorts: 3 });
  });

  steeredIt('are of the dynamic range when no others are left', async () => {
    const { startPort } = await getDynamicPortRange();
    await exclude('foreign', { protocol: 'tcp', startPort: 9000, numberOfPorts: startPort - 9000 });
    expect((await findFreePorts({ fromPort: 9000 })).startPort).toBeGreaterThanOrEqual(startPort);
    expect((await findFreePorts({ fromPort: 8000, toPort: 65_535 })).startPort).toBeLessThan(9000);
  });

  it('lie within the bounds', async () => {
    const startPort = await freeBlock(8);
    const bounds = { fromPort: startPort, toPort: startPort + 7 };
    expect((await findFreePorts({ ...bounds, numberOfPorts: 8 })).startPort).toBe(startPort);
    const below = await findFreePorts({ toPort: startPort + 7, numberOfPorts: 2 });
    expect(below.startPort).toBeLessThanOrEqual(startPort + 6);
  });

  it('are not those of a server, at any address', async () => {
    const startPort = await freeBlock(3);
    const server = await listenOrdinarily(startPort + 1, '127.0.0.1');
    const found = await findFreePorts({ fromPort: startPort, numberOfPorts: 2 });
    expect(found.startPort).toBe(startPort + 2);
    await closeServer(server);
  });

  it('are not those of connections, except lingering ones', async () => {
    const startPort = await freeBlock(3);
    for (const [index, state] of [tcpState.TIME_WAIT, tcpState.ESTAB].entries()) {
      watched.connections.push({ portNetworkOrder: htons(startPort + index), state });
    }
    expect((await findFreePorts({ fromPort: startPort })).startPort).toBe(startPort);
    expect((await findFreePorts({ fromPort: startPort + 1 })).startPort).toBe(startPort + 2);
  });

  it('are bound to the given address', async () => {
    const startPort = await freeBlock(1);
    expect((await findFreePorts({ host: 'localhost', fromPort: startPort })).startPort).toBe(startPort);
    await expectFailure(findFreePorts({ host: '203.0.113.1' }), { code: 'WSAEADDRNOTAVAIL' });
  });
});

describe('ports that are preferred', () => {
  it('are found first, in their order, inside the bounds or outside', async () => {
    const startPort = await freeBlock(6);
    const server = await listenOrdinarily(startPort, '127.0.0.1');
    const options = { ports: [startPort, startPort + 3, startPort + 1], numberOfPorts: 2, fromPort: 40_000 };
    expect((await findFreePorts(options)).startPort).toBe(startPort + 3);
    await closeServer(server);
    expect((await findFreePorts(options)).startPort).toBe(startPort);
  });

  it('give way to any others where none can be had', async () => {
    const startPort = await freeBlock(3);
    const server = await listenOrdinarily(startPort, '0.0.0.0');
    expect((await findFreePorts({ ports: [startPort], fromPort: startPort })).startPort).toBe(startPort + 1);
    await closeServer(server);
  });

  steeredIt('may be excluded by an administrator, unless they are to be held', async () => {
    const startPort = await freeBlock(3);
    await exclude('administered', { protocol: 'tcp', startPort, numberOfPorts: 2 });
    const options = { ports: [startPort], fromPort: startPort };
    expect((await findFreePorts(options)).startPort).toBe(startPort);
    expect((await findFreePorts({ ...options, numberOfPorts: 3 })).startPort).toBe(startPort);
    expect((await findFreePorts({ fromPort: startPort })).startPort).toBe(startPort + 2);
    const held = await findFreePorts({ ...options, hold: true });
    undo.push(() => held.release());
    expect(held.startPort).toBe(startPort + 2);
  });

  steeredIt('are not found in a range of Windows', async () => {
    const startPort = await freeBlock(2);
    await exclude('foreign', { protocol: 'tcp', startPort, numberOfPorts: 1 });
    expect((await findFreePorts({ ports: [startPort, startPort + 1] })).startPort).toBe(startPort + 1);
  });
});

describe('ports that are not wanted', () => {
  it('are left out of a block too', async () => {
    const startPort = await freeBlock(8);
    const options = { fromPort: startPort, exclude: [startPort, startPort + 2] };
    expect((await findFreePorts(options)).startPort).toBe(startPort + 1);
    expect((await findFreePorts({ ...options, numberOfPorts: 2 })).startPort).toBe(startPort + 3);
    expect((await findFreePorts({ ...options, ports: [startPort] })).startPort).toBe(startPort + 1);
  });

  it('are those that browsers refuse, unless the caller takes them or asks for UDP', async () => {
    const among = { fromPort: 6665, toPort: 6669 };
    const error = await expectFailure(findFreePorts({ ...among, ports: [6667] }), { code: 'ERR_NO_FREE_PORTS' });
    expect(error.hint).toContain('5 refused by browsers or left out by the caller');
    expect(watched.boundPorts()).toEqual([]);
    await findFreePorts({ ...among, browserSafe: false });
    await findFreePorts({ ...among, protocol: 'udp' });
    await expectFailure(findFreePorts({ ...among, protocol: 'both' }), { code: 'ERR_NO_FREE_PORTS' });
  });

  steeredIt('are those that WSL with mirrored networking usually has, until nothing else is left', async () => {
    const found = await findFreePorts({ fromPort: 44_620 });
    expect(found.startPort).toBeGreaterThan(48_715);
    expect((await findFreePorts({ fromPort: 44_620, toPort: 48_715 })).startPort).toBeGreaterThanOrEqual(44_620);
  });
});

describe('the number of binds', () => {
  steeredIt('does not grow with the width of 300 excluded ranges', async () => {
    const target = await freeBlock(120);
    const counts: number[] = [];
    for (const width of [1, 30]) {
      // Leaves no 100 ports in a row free before the last range.
      for (const [place, kind] of (['administered', 'foreign'] as const).entries()) {
        const starts = Array.from({ length: 75 }, (_, index) => target - 30 * (150 - 2 * index - place));
        await excludeForBoth(kind, ...starts.map((startPort) => ({ startPort, numberOfPorts: width })));
      }
      const before = watched.boundPorts().length;
      const found = await findFreePorts({ protocol: 'both', numberOfPorts: 100, fromPort: target - 4500 });
      counts.push(watched.boundPorts().length - before);
      expect(found.startPort).toBeGreaterThan(target - 30);
      for (const step of undo.splice(0)) await step();
    }
    for (const count of counts) expect(count).toBeLessThanOrEqual(2 * 100 + fewBinds);
  });

  steeredIt.each([
    ['one port', 1],
    ['20 ports', 20],
  ])('is small for %s behind 4096 that no list shows', async (_, numberOfPorts) => {
    const startPort = 12_000;
    await excludeForBoth('unlisted', { startPort, numberOfPorts: 4096 });
    for (const protocol of protocols) {
      const before = watched.boundPorts().length;
      const found = await findFreePorts({ protocol, numberOfPorts, fromPort: startPort });
      expect(found.startPort).toBeGreaterThanOrEqual(startPort + 4096);
      // After each port that a program of the host has in the region, the search begins with small steps again.
      expect(watched.boundPorts().length - before).toBeLessThanOrEqual(numberOfPorts + 8 * fewBinds);
    }
  });
});

describe('when there is no such run of ports', () => {
  steeredIt('says what is in the way', async () => {
    const startPort = await freeBlock(10);
    await exclude('foreign', { protocol: 'udp', startPort: startPort + 4, numberOfPorts: 2 });
    await exclude('unlisted', { protocol: 'udp', startPort: startPort + 9, numberOfPorts: 1 });
    const options = { protocol: 'udp', numberOfPorts: 5, fromPort: startPort, toPort: startPort + 9 } as const;
    const error = await expectFailure(findFreePorts(options), {
      code: 'ERR_NO_FREE_PORTS',
      protocol: 'udp',
      numberOfPorts: 5,
    });
    expect(error.hint).toContain(`Ports ${startPort} to ${startPort + 9}: 2 excluded or reserved, 0 in use`);
    expect(error.hint).toContain(`${startPort} to ${startPort + 3}`);
    expect(error.message).toContain(error.hint);
    // No block by the lists is that long.
    expect(watched.boundPorts()).toEqual([]);
    await expectFailure(findFreePorts({ ...options, numberOfPorts: 4, fromPort: startPort + 6 }), {
      code: 'ERR_NO_FREE_PORTS',
    });
    expect((await findFreePorts({ ...options, numberOfPorts: 4 })).startPort).toBe(startPort);
  });

  steeredIt('says so after every port was tried', async () => {
    const startPort = await freeBlock(30);
    await exclude('unlisted', { protocol: 'tcp', startPort, numberOfPorts: 30 });
    const error = await expectFailure(findFreePorts({ fromPort: startPort, toPort: startPort + 29 }), {
      code: 'ERR_NO_FREE_PORTS',
    });
    expect(error.hint).toContain('30 refused without being listed. No port is left.');
    expect(new Set(watched.boundPorts()).size).toBe(30);
  });
});

describe('when a list is missing', () => {
  const calls = ['show excludedportrange', 'show dynamicport'].map((command) => `netsh interface ipv4 ${command}`);

  steeredIt('the binds decide', async () => {
    const startPort = await freeBlock(6);
    await exclude('foreign', { protocol: 'tcp', startPort, numberOfPorts: 2 });
    const server = await listenOrdinarily(startPort + 3, '0.0.0.0');
    for (const call of [...calls, 'GetExtendedTcpTable']) await onMachine('failNext', call, 1168);
    undo.push(() => closeServer(server));
    expect(await findFreePorts({ fromPort: startPort, numberOfPorts: 2 })).toMatchObject({ startPort: startPort + 4 });
  });

  steeredIt('the error says so when nothing is found', async () => {
    const startPort = await freeBlock(4);
    await exclude('foreign', { protocol: 'tcp', startPort, numberOfPorts: 4 });
    await onMachine('failNext', 'netsh interface ipv4 show excludedportrange', 1168);
    const error = await expectFailure(findFreePorts({ fromPort: startPort, toPort: startPort + 3 }), {
      code: 'ERR_NO_FREE_PORTS',
    });
    expect(error.hint).toMatch(/These lists could not be read: .*netsh interface ipv4 show excludedportrange \(ERR/);
    expect(error.cause).toBeInstanceOf(PortReservationError);
  });
});

describe('a search', () => {
  steeredIt('ends with the error of a bind that fails for another reason', async () => {
    // At the addresses of both families, and at those of IPv4.
    await onMachine('failNext', 'bind', 10050, 2);
    await expectFailure(findFreePorts({ numberOfPorts: 10 }), { code: 'WSAENETDOWN', syscall: 'bind' });
  });

  it('does not begin when its signal is aborted', async () => {
    const reason = new Error('no longer wanted');
    await expect(findFreePorts({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(watched.boundPorts()).toEqual([]);
  });

  steeredIt.each(['netsh interface ipv4 show excludedportrange', 'bind'])(
    'ends when it is aborted in %s',
    async (call) => {
      const reason = new Error('no longer wanted');
      const controller = new AbortController();
      await onMachine('delayNext', call, 300);
      watched.during(call === 'bind' ? 'bind' : 'netsh', () => {
        controller.abort(reason);
      });
      await expect(findFreePorts({ numberOfPorts: 5, signal: controller.signal })).rejects.toBe(reason);
      const { length } = watched.boundPorts();
      await expect.poll(() => watched.openSockets()).toBe(0);
      expect(watched.boundPorts()).toHaveLength(length);
    },
  );

  it.each<[string, unknown, string, string]>([
    ['no object', 5000, 'options', 'ERR_INVALID_ARG_TYPE'],
    ['another protocol', { protocol: 'TCP' }, 'options.protocol', 'ERR_INVALID_ARG_TYPE'],
    ['no port', { numberOfPorts: 0 }, 'options.numberOfPorts', 'ERR_OUT_OF_RANGE'],
    ['too many ports', { numberOfPorts: 3, fromPort: 10, toPort: 11 }, 'options.numberOfPorts', 'ERR_OUT_OF_RANGE'],
    ['half a port', { numberOfPorts: 1.5 }, 'options.numberOfPorts', 'ERR_OUT_OF_RANGE'],
    ['a port 0', { fromPort: 0 }, 'options.fromPort', 'ERR_OUT_OF_RANGE'],
    ['a port as text', { fromPort: '80' }, 'options.fromPort', 'ERR_INVALID_ARG_TYPE'],
    ['crossed bounds', { fromPort: 5001, toPort: 5000 }, 'options.toPort', 'ERR_OUT_OF_RANGE'],
    ['a bound below the default of the other', { toPort: 1023 }, 'options.toPort', 'ERR_OUT_OF_RANGE'],
    ['a bound that is no port', { toPort: 65_536 }, 'options.toPort', 'ERR_OUT_OF_RANGE'],
    ['a preferred port that is none', { ports: [3000, 0] }, 'options.ports[1]', 'ERR_OUT_OF_RANGE'],
    ['a preferred block past the end', { ports: [65_535], numberOfPorts: 2 }, 'options.ports[0]', 'ERR_OUT_OF_RANGE'],
    ['a preferred port without a list', { ports: 3000 }, 'options.ports', 'ERR_INVALID_ARG_TYPE'],
    ['an unwanted port as text', { exclude: ['80'] }, 'options.exclude[0]', 'ERR_INVALID_ARG_TYPE'],
    ['a browserSafe that is no boolean', { browserSafe: 1 }, 'options.browserSafe', 'ERR_INVALID_ARG_TYPE'],
    ['an empty host', { host: '' }, 'options.host', 'ERR_OUT_OF_RANGE'],
    ['a hold that is no boolean', { hold: 1 }, 'options.hold', 'ERR_INVALID_ARG_TYPE'],
    ['a signal that is none', { signal: {} }, 'options.signal', 'ERR_INVALID_ARG_TYPE'],
    ['a portable that is no boolean', { portable: 'yes' }, 'options.portable', 'ERR_INVALID_ARG_TYPE'],
  ])('never asks Windows about %s', async (_, options, parameter, code) => {
    const before = await savedMachine();
    const error: unknown = await findFreePorts(options as FindFreePortsOptions).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(code === 'ERR_OUT_OF_RANGE' ? RangeError : TypeError);
    expect(error).toMatchObject({ code, message: expect.stringContaining(`"${parameter}" must be `) as string });
    expect(await savedMachine()).toEqual(before);
    expect([watched.boundPorts(), watched.netshCommands()]).toEqual([[], 0]);
  });
});
