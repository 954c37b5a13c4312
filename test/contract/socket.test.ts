// SPDX-License-Identifier: MIT
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ReservationSocket, type Protocol } from 'win-port-reservation';
import { expectAssumed, expectKeptOut } from './assumed.js';
import { steeredIt } from './needs.js';
import { bindElsewhere, expectFailure, freeBlock, onMachine } from './ring.js';

const open: ReservationSocket[] = [];

async function openSocket(protocol: Protocol, family: 4 | 6 = 4): Promise<ReservationSocket> {
  const socket = await ReservationSocket.open({ protocol, family });
  open.push(socket);
  return socket;
}

afterEach(async () => {
  for (const socket of open.splice(0)) await socket[Symbol.asyncDispose]();
});

describe.each(['tcp', 'udp'] as const)('a %s reservation socket', (protocol) => {
  let owner: ReservationSocket;

  beforeEach(async () => {
    owner = await openSocket(protocol);
  });

  it('acquires a block that Windows chooses, and keeps other processes out of it until it is closed', async () => {
    const { startPort, numberOfPorts, token } = await owner.acquirePortReservation({ numberOfPorts: 8 });
    expect(numberOfPorts).toBe(8);
    expect(startPort).toBeGreaterThan(0);
    expect(token).toBeGreaterThan(0n);
    await expectKeptOut(protocol, startPort + 7, 'bindInsideRuntimeReservation');
    await owner.close();
    expect(await bindElsewhere(protocol, startPort + 7)).toBe('bound');
  });

  it('acquires the block it names', async () => {
    const startPort = await freeBlock(3);
    const block = await owner.acquirePortReservation({ startPort, numberOfPorts: 3 });
    expect(block).toEqual({ protocol, startPort, numberOfPorts: 3, token: block.token });
    const second = await openSocket(protocol);
    await expectFailure(second.acquirePortReservation({ startPort: startPort + 2, numberOfPorts: 2 }), {
      code: 'WSAEADDRINUSE',
      errno: 10048,
      startPort: startPort + 2,
      numberOfPorts: 2,
    });
  });

  it('holds several blocks at once', async () => {
    const blocks = [];
    for (let index = 0; index < 10; index += 1) blocks.push(await owner.acquirePortReservation({ numberOfPorts: 64 }));
    expect(new Set(blocks.map(({ startPort }) => startPort)).size).toBe(10);
    expect(new Set(blocks.map(({ token }) => token)).size).toBe(10);
  });

  it('binds associated sockets inside the block, until there is no port left', async () => {
    const { startPort, token } = await owner.acquirePortReservation({ numberOfPorts: 2 });
    const ports = [];
    for (let index = 0; index < 2; index += 1) {
      const socket = await openSocket(protocol);
      await socket.associatePortReservation(token);
      const { address, family, port } = await socket.bind({ host: '127.0.0.1' });
      expect({ address, family }).toEqual({ address: '127.0.0.1', family: 'IPv4' });
      expect(socket.address()).toEqual({ address, family, port });
      ports.push(port);
    }
    expect(ports.sort()).toEqual([startPort, startPort + 1]);
    const late = await openSocket(protocol);
    await late.associatePortReservation(token);
    await expectAssumed(late.bind({ host: '127.0.0.1' }), 'bindInFullBlock');
  });

  it('binds to the port it names, on either family, and to no port outside the block', async () => {
    const { startPort, token } = await owner.acquirePortReservation({ numberOfPorts: 4 });
    const v4 = await openSocket(protocol, 4);
    await v4.associatePortReservation(token);
    expect((await v4.bind({ port: startPort + 3, host: '127.0.0.1' })).port).toBe(startPort + 3);
    const v6 = await openSocket(protocol, 6);
    if (!(await expectAssumed(v6.associatePortReservation(token), 'associateOtherFamily'))) {
      expect(await v6.bind({ port: startPort + 2, host: '::1', ipv6Only: true })).toEqual({
        address: '::1',
        family: 'IPv6',
        port: startPort + 2,
      });
    }
    const outside = await openSocket(protocol);
    await outside.associatePortReservation(token);
    await expectAssumed(outside.bind({ port: await freeBlock(1), host: '127.0.0.1' }), 'bindOutsideAssociatedBlock');
  });

  it('refuses a port that another associated socket has', async () => {
    const { startPort, token } = await owner.acquirePortReservation({ numberOfPorts: 2 });
    const first = await openSocket(protocol);
    await first.associatePortReservation(token);
    await first.bind({ port: startPort, host: '127.0.0.1' });
    const second = await openSocket(protocol);
    await second.associatePortReservation(token);
    await expectFailure(second.bind({ port: startPort, host: '127.0.0.1' }), {
      code: 'WSAEADDRINUSE',
      errno: 10048,
      syscall: 'bind',
      startPort,
    });
  });

  it('can be associated with its own block, and bound in it', async () => {
    const { startPort, token } = await owner.acquirePortReservation({ numberOfPorts: 1 });
    await owner.associatePortReservation(token);
    expect((await owner.bind({ host: '127.0.0.1' })).port).toBe(startPort);
  });

  it('frees the block when it is released', async () => {
    const { startPort, token } = await owner.acquirePortReservation({ numberOfPorts: 1 });
    await owner.releasePortReservation(token);
    await expectAssumed(owner.releasePortReservation(token), 'releaseUnknownToken', { token });
    expect(await bindElsewhere(protocol, startPort)).toBe('bound');
  });

  it('is associated once, before it is bound', async () => {
    const { token } = await owner.acquirePortReservation({ numberOfPorts: 2 });
    const socket = await openSocket(protocol);
    await socket.associatePortReservation(token);
    await expectAssumed(socket.associatePortReservation(token), 'associateTwice');
    await socket.bind({ host: '127.0.0.1' });
    const other = await openSocket(protocol);
    await other.bind({ host: '127.0.0.1' });
    await expectAssumed(other.associatePortReservation(token), 'associateAfterBind');
    await expectFailure(socket.bind({ host: '127.0.0.1' }), { code: 'WSAEINVAL', syscall: 'bind' });
  });

  it('takes no token of the other protocol, and no unknown token', async () => {
    const { token } = await owner.acquirePortReservation({ numberOfPorts: 1 });
    const other = await openSocket(protocol === 'tcp' ? 'udp' : 'tcp');
    await expectAssumed(other.associatePortReservation(token), 'associateOtherProtocol', { token });
    await expectAssumed(other.associatePortReservation(0n), 'associateUnknownToken', { token: 0n });
  });

  steeredIt('cannot acquire what is administered, foreign or unlisted, or more than there is', async () => {
    const startPort = await freeBlock(3);
    const blocks = [0, 1, 2].map((offset) => ({ protocol, startPort: startPort + offset, numberOfPorts: 1 })) as [
      { protocol: Protocol; startPort: number; numberOfPorts: number },
      { protocol: Protocol; startPort: number; numberOfPorts: number },
      { protocol: Protocol; startPort: number; numberOfPorts: number },
    ];
    await onMachine('addExcludedPortRange', blocks[0]);
    await onMachine('addForeignReservation', blocks[1]);
    await onMachine('addUnlistedReservation', blocks[2], 10048);
    await expectFailure(owner.acquirePortReservation(blocks[0]), { code: 'WSAEADDRINUSE' });
    await expectAssumed(owner.acquirePortReservation(blocks[1]), 'acquireOverForeignReservation');
    await expectAssumed(
      (await openSocket(protocol)).acquirePortReservation(blocks[2]),
      'acquireOverUnlistedReservation',
    );
    expect(await bindElsewhere(protocol, startPort)).toBe('bound');
    expect(await bindElsewhere(protocol, startPort + 1)).toBe('EACCES');
    expect(await bindElsewhere(protocol, startPort + 2)).toBe('EADDRINUSE');
    await onMachine('deleteExcludedPortRange', blocks[0]);
    await onMachine('deleteForeignReservation', blocks[1]);
    await onMachine('deleteUnlistedReservation', blocks[2]);
    await expectAssumed(owner.acquirePortReservation({ numberOfPorts: 40_000 }), 'acquireWithoutFreeRun', {
      numberOfPorts: 40_000,
    });
  });

  it('reports only that it is closed once it is closed', async () => {
    await owner.bind({ host: '127.0.0.1' });
    await owner.close();
    const closed = { code: 'ERR_SOCKET_CLOSED', protocol } as const;
    await expectFailure(owner.acquirePortReservation({ numberOfPorts: 1 }), closed);
    await expectFailure(owner.associatePortReservation(1n), closed);
    await expectFailure(owner.releasePortReservation(1n), closed);
    await expectFailure(owner.bind(), closed);
    await expectFailure(owner.close(), closed);
    expect(() => owner.address()).toThrow(expect.objectContaining(closed));
    await owner[Symbol.asyncDispose]();
  });

  it('has no address before it is bound', () => {
    expect(() => owner.address()).toThrow(expect.objectContaining({ code: 'ERR_SOCKET_NOT_BOUND' }));
  });

  it('runs calls made at once one after the other, and closes after them', async () => {
    const acquired = owner.acquirePortReservation({ numberOfPorts: 1 });
    const calls = [acquired, owner.bind({ host: '127.0.0.1' }), owner.close(), owner.bind()];
    const outcomes = await Promise.allSettled(calls);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
  });
});

it('a reservation covers both families, whichever its owner has', async () => {
  const owner = await openSocket('tcp', 6);
  const { startPort, token } = await owner.acquirePortReservation({ numberOfPorts: 1 });
  await expectKeptOut('tcp', startPort, 'bindInsideRuntimeReservation');
  const socket = await openSocket('tcp', 4);
  const refused = await expectAssumed(socket.associatePortReservation(token), 'associateOtherFamily');
  if (!refused) expect((await socket.bind({ host: '127.0.0.1' })).port).toBe(startPort);
});
