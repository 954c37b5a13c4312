// SPDX-License-Identifier: MIT
import { beforeEach, describe, expect, it } from 'vitest';
import { errorCodes } from '../../../src/common/error-codes.js';
import { SimulatedWindows } from '../../../src/simulator/model/machine.js';
import type { SimulatedProcess } from '../../../src/simulator/model/process.js';
import { bind, bindNew, openAssociated, refusalOf } from './helpers.js';

const { WSAEADDRINUSE, WSAEINVAL, WSAENOBUFS, WSAENOTSOCK } = errorCodes;

const invalidBlocks = [
  [5000, 0],
  [65_535, 2],
  [1, 65_536],
  [-1, 1],
  [5000.5, 1],
] as const;

let machine: SimulatedWindows;
let admin: SimulatedProcess;
let user: SimulatedProcess;

beforeEach(() => {
  machine = new SimulatedWindows({ dynamicRange: { startPort: 50_000, numberOfPorts: 100 } });
  admin = machine.startProcess();
  user = machine.startProcess({ elevated: false });
});

describe('a runtime reservation', () => {
  it('is acquired by a process that is not elevated, also outside the dynamic range', () => {
    const block = user.acquirePortReservation(user.openSocket('tcp', 4), 443, 2);
    expect(block).toEqual({ startPort: 443, numberOfPorts: 2, token: expect.any(BigInt) as bigint });
  });

  it('is chosen in the dynamic range, block after block, when the start port is 0', () => {
    const socketId = user.openSocket('udp', 6);
    const starts = [40, 40].map((count) => user.acquirePortReservation(socketId, 0, count).startPort);
    expect(starts).toEqual([50_000, 50_040]);
    expect(refusalOf(() => user.acquirePortReservation(socketId, 0, 21))).toBe(WSAENOBUFS.errorNumber);
    expect(user.acquirePortReservation(socketId, 0, 20).startPort).toBe(50_080);
  });

  it('is chosen from a random port on, on a machine with the default dynamic range', () => {
    const starts = Array.from({ length: 20 }, () => {
      const other = new SimulatedWindows().startProcess();
      return other.acquirePortReservation(other.openSocket('tcp', 4), 0, 1).startPort;
    });
    expect(new Set(starts).size).toBeGreaterThan(10);
    expect(Math.min(...starts)).toBeGreaterThanOrEqual(49_152);
  });

  it('is chosen elsewhere than the last block, even if that was released', () => {
    const socketId = user.openSocket('tcp', 4);
    const { token } = user.acquirePortReservation(socketId, 0, 10);
    user.releasePortReservation(socketId, token);
    expect(user.acquirePortReservation(socketId, 0, 10).startPort).toBe(50_010);
  });

  it('is chosen around everything that is reserved or in use', () => {
    machine.addExcludedPortRange({ protocol: 'tcp', startPort: 50_000, numberOfPorts: 10 });
    machine.addUnlistedReservation({ protocol: 'tcp', startPort: 50_020, numberOfPorts: 10 }, 10_048);
    bindNew(user, 50_035);
    expect(user.acquirePortReservation(user.openSocket('tcp', 4), 0, 12).startPort).toBe(50_036);
  });

  it('is refused with 10048 over every kind of reservation and over a port in use', () => {
    admin.createPersistentPortReservation('tcp', 1000, 10);
    machine.addExcludedPortRange({ protocol: 'tcp', startPort: 2000, numberOfPorts: 10 });
    machine.addForeignReservation({ protocol: 'tcp', startPort: 3000, numberOfPorts: 10 });
    const socketId = user.openSocket('tcp', 4);
    user.acquirePortReservation(socketId, 4000, 10);
    machine.addUnlistedReservation({ protocol: 'tcp', startPort: 5000, numberOfPorts: 10 }, 10_013);
    bindNew(user, 6009);
    for (const start of [1000, 2000, 3000, 4000, 5000, 6000]) {
      const acquisition = () => user.acquirePortReservation(socketId, start + 9, 5);
      expect([start, refusalOf(acquisition)]).toEqual([start, WSAEADDRINUSE.errorNumber]);
      expect(refusalOf(() => user.acquirePortReservation(socketId, start + 10, 5))).toBe(0);
    }
  });

  it.each(invalidBlocks)('is refused with 10022 for start port %d and %d ports', (start, count) => {
    const socketId = user.openSocket('tcp', 4);
    expect(refusalOf(() => user.acquirePortReservation(socketId, start, count))).toBe(WSAEINVAL.errorNumber);
    expect(refusalOf(() => user.acquirePortReservation(socketId, 0, 0))).toBe(WSAEINVAL.errorNumber);
  });

  it('ends with the socket that acquired it, together with all others of that socket', () => {
    const owner = user.openSocket('tcp', 4);
    for (const start of [5000, 6000]) user.acquirePortReservation(owner, start, 10);
    expect(machine.excludedPortRanges('tcp')).toHaveLength(2);
    user.closeSocket(owner);
    expect(machine.excludedPortRanges('tcp')).toEqual([]);
  });

  it('ends with its process', () => {
    user.acquirePortReservation(user.openSocket('tcp', 4), 5000, 10);
    user.exit();
    expect(machine.excludedPortRanges('tcp')).toEqual([]);
  });

  it('is released on any socket of the process, and only once', () => {
    const { token } = user.acquirePortReservation(user.openSocket('tcp', 4), 5000, 10);
    const other = user.openSocket('tcp', 6);
    user.releasePortReservation(other, token);
    expect(machine.excludedPortRanges('tcp')).toEqual([]);
    expect(
      refusalOf(() => {
        user.releasePortReservation(other, token);
      }),
    ).toBe(WSAEINVAL.errorNumber);
  });

  it('leaves the ports of bound sockets in use when it is released or its owner is closed', () => {
    const owner = user.openSocket('tcp', 4);
    const { token } = user.acquirePortReservation(owner, 5000, 10);
    const bound = openAssociated(user, token);
    bind(user, bound, 0);
    user.closeSocket(owner);
    expect(refusalOf(() => admin.createPersistentPortReservation('tcp', 5000, 10))).toBe(32);
    user.closeSocket(bound);
    expect(refusalOf(() => admin.createPersistentPortReservation('tcp', 5000, 10))).toBe(0);
  });

  it('closes only the sockets bound inside it, if bound sockets do not survive its release', () => {
    machine = new SimulatedWindows({ assumptions: { boundSocketsSurviveRelease: false } });
    const process = machine.startProcess();
    const owner = process.openSocket('tcp', 4);
    const { token } = process.acquirePortReservation(owner, 5000, 10);
    const inside = openAssociated(process, token);
    bind(process, inside, 0);
    const unbound = openAssociated(process, token);
    const elsewhere = bindNew(process, 6000);
    process.releasePortReservation(owner, token);
    const closing = (socketId: number) =>
      refusalOf(() => {
        process.closeSocket(socketId);
      });
    expect([inside, unbound, elsewhere, owner].map(closing)).toEqual([WSAENOTSOCK.errorNumber, 0, 0, 0]);
    expect(refusalOf(() => process.createPersistentPortReservation('tcp', 5000, 10))).toBe(0);
  });

  it('may be owned, consumed and outlived by one and the same socket', () => {
    const owner = user.openSocket('tcp', 4);
    const { token } = user.acquirePortReservation(owner, 5000, 10);
    user.associatePortReservation(owner, token);
    expect(bind(user, owner, 5007)).toBe(5007);
    user.releasePortReservation(owner, token);
    user.closeSocket(owner);
    expect(refusalOf(() => admin.createPersistentPortReservation('tcp', 5000, 10))).toBe(0);
  });
});
