// SPDX-License-Identifier: MIT
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as calls from 'win-port-reservation';
import { ReservationSocket } from 'win-port-reservation';
import { askMachineServer, expectFailure, onMachine } from '../contract/ring.js';

// Every call fails before it reaches the machine, so that no port is really taken.

interface RecordedCall {
  readonly call: string;
  readonly bytes: string;
}

/** Returns the bytes with which Windows was called since the last look. */
async function bytesOf(call: string): Promise<string[]> {
  const recorded = (await askMachineServer('takeCalls', [])) as RecordedCall[];
  return recorded.filter((row) => row.call === call).map(({ bytes }) => bytes);
}

beforeEach(async () => {
  await askMachineServer('takeCalls', []);
});

const portBytes = '1388';
const tokens = [
  [0xffff_ffff_ffff_ffffn, 'ffffffffffffffff'],
  [0x8000_0000_0000_0001n, '0100000000000080'],
  [1n, '0100000000000000'],
] as const;

describe.each(['Create', 'Delete', 'Lookup'] as const)('%s', (direction) => {
  it.each(['Tcp', 'Udp'] as const)(
    'gets the port in network order and the count in host order for %s',
    async (name) => {
      const call = `${direction}Persistent${name}PortReservation`;
      const run = calls[`${direction.toLowerCase() as Lowercase<typeof direction>}Persistent${name}PortReservation`];
      await onMachine('failNext', call, 87);
      await expectFailure(run(5000, 0x0102), { code: 'ERROR_INVALID_PARAMETER', syscall: call });
      expect(await bytesOf(call)).toEqual([`${portBytes}0201`]);
    },
  );
});

describe.each(['tcp', 'udp'] as const)('the ioctls and bind on a %s socket', (protocol) => {
  const open: ReservationSocket[] = [];
  const openSocket = async (family: 4 | 6 = 4) => {
    const socket = await ReservationSocket.open({ protocol, family });
    open.push(socket);
    return socket;
  };

  afterEach(async () => {
    for (const socket of open.splice(0)) await socket.close();
  });

  it('give acquire the port in network order and the count in host order', async () => {
    const call = 'WSAIoctl(SIO_ACQUIRE_PORT_RESERVATION)';
    const socket = await openSocket();
    await onMachine('failNext', call, 10048);
    await expectFailure(socket.acquirePortReservation({ startPort: 5000, numberOfPorts: 0x0102 }), {
      code: 'WSAEADDRINUSE',
    });
    expect(await bytesOf(call)).toEqual([`${portBytes}0201`]);
  });

  it.each(tokens)('give associate and release all eight bytes of token %i', async (token, bytes) => {
    const socket = await openSocket();
    await expectFailure(socket.associatePortReservation(token), { code: 'WSAEINVAL', token });
    expect(await bytesOf('WSAIoctl(SIO_ASSOCIATE_PORT_RESERVATION)')).toEqual([bytes]);
    await expectFailure(socket.releasePortReservation(token), { code: 'WSAEINVAL', token });
    expect(await bytesOf('WSAIoctl(SIO_RELEASE_PORT_RESERVATION)')).toEqual([bytes]);
  });

  it.each([
    [4, '127.0.0.1', `0200${portBytes}7f000001${'00'.repeat(8)}`],
    [6, '::1', `1700${portBytes}${'00'.repeat(4)}${'00'.repeat(15)}01${'00'.repeat(4)}`],
  ] as const)('give bind the whole address of family %i', async (family, host, bytes) => {
    const socket = await openSocket(family);
    await onMachine('failNext', 'bind', 10048);
    await expectFailure(socket.bind({ port: 5000, host }), { code: 'WSAEADDRINUSE', startPort: 5000 });
    const binds = await bytesOf('bind');
    // The connections to the machine are bound too, to ports that Windows chooses.
    expect(binds.filter((sockaddr) => sockaddr.slice(4, 8) !== '0000')).toEqual([bytes]);
  });
});
