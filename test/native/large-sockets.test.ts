// SPDX-License-Identifier: MIT
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listen, ReservationSocket } from 'win-port-reservation';
import { bindElsewhere, onMachine } from '../contract/ring.js';
import { addon } from './addon.js';

// Windows may give a socket any number of the size of a pointer, which has 32 bits in a 32-bit process.

const standIn = Reflect.get(globalThis, Symbol.for('win-port-reservation.stand-in')) as {
  enlargeSockets(enlarge: boolean): void;
};

beforeEach(() => {
  standIn.enlargeSockets(true);
});
afterEach(() => {
  standIn.enlargeSockets(false);
});

const [tcp, ipv4] = [6, 2];

describe('a socket whose number is above 2 ** 31', () => {
  it('is lent under that number', async () => {
    const request = { protocol: tcp, family: ipv4, acquire: undefined, associate: undefined, bind: undefined };
    const opened = await addon.openSocket(request);
    if (!('socket' in opened)) throw new Error(`openSocket failed with ${JSON.stringify(opened)}`);
    const lent = opened.socket.lend() as number;
    expect(lent).toBeGreaterThan(2 ** 31);
    expect(lent).toBeLessThan(2 ** 32);
    expect(lent % 4).toBe(0);
    expect(await opened.socket.close()).toBeUndefined();
  });

  it.each(['tcp', 'udp'] as const)('makes every call for %s, with a token above 2 ** 63', async (protocol) => {
    await onMachine('useTokens', 0xffff_ffff_ffff_fffdn);
    const owner = await ReservationSocket.open({ protocol });
    const { token, startPort } = await owner.acquirePortReservation({ numberOfPorts: 2 });
    expect(token).toBe(0xffff_ffff_ffff_fffdn);
    const user = await ReservationSocket.open({ protocol });
    await user.associatePortReservation(token);
    const { port } = await user.bind({ host: '127.0.0.1' });
    expect([startPort, startPort + 1]).toContain(port);
    await user.close();
    await owner.releasePortReservation(token);
    await owner.close();
  });

  it('is closed when it cannot become a server, because Node takes it for a number with a sign', async () => {
    const owner = await ReservationSocket.open({ protocol: 'tcp' });
    const { token, startPort } = await owner.acquirePortReservation({ numberOfPorts: 1 });
    await expect(listen(createServer(), { protocol: 'tcp', token })).rejects.toMatchObject({
      code: 'ERR_ADOPTION_FAILED',
      message: expect.stringMatching(/Socket number \d+ is too large for Node's handles\./) as string,
    });
    await owner.releasePortReservation(token);
    await owner.close();
    expect(await bindElsewhere('tcp', startPort)).toBe('bound');
  });
});
