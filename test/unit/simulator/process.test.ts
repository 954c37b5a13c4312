// SPDX-License-Identifier: MIT
import { beforeEach, describe, expect, it } from 'vitest';
import { errorCodes } from '../../../src/common/error-codes.js';
import { SimulatedWindows } from '../../../src/simulator/model/machine.js';
import type { SimulatedProcess } from '../../../src/simulator/model/process.js';
import { bind, bindNew, openAssociated, refusalOf } from './helpers.js';

const {
  ERROR_ACCESS_DENIED,
  ERROR_INVALID_PARAMETER,
  ERROR_NOT_FOUND,
  ERROR_SHARING_VIOLATION,
  WSAEACCES,
  WSAEINVAL,
  WSAENOTSOCK,
} = errorCodes;

const invalidBlocks = [
  [0, 1],
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

function deletion(process: SimulatedProcess, startPort: number, numberOfPorts: number): () => void {
  return () => {
    process.deletePersistentPortReservation('tcp', startPort, numberOfPorts);
  };
}

describe('a persistent reservation', () => {
  it('is created, looked up with the same token, and deleted', () => {
    const token = admin.createPersistentPortReservation('tcp', 5000, 20);
    expect(admin.lookupPersistentPortReservation('tcp', 5000, 20)).toBe(token);
    admin.deletePersistentPortReservation('tcp', 5000, 20);
    expect(refusalOf(() => admin.lookupPersistentPortReservation('tcp', 5000, 20))).toBe(ERROR_NOT_FOUND.errorNumber);
  });

  it('can be the very first port, the very last port, and all ports together', () => {
    for (const [startPort, numberOfPorts] of [
      [1, 1],
      [65_535, 1],
      [1, 65_535],
    ] as const) {
      admin.createPersistentPortReservation('udp', startPort, numberOfPorts);
      admin.deletePersistentPortReservation('udp', startPort, numberOfPorts);
    }
  });

  it.each(invalidBlocks)('is refused with 87 in all three functions for start port %d and %d ports', (start, count) => {
    const invalid = ERROR_INVALID_PARAMETER.errorNumber;
    expect(refusalOf(() => admin.createPersistentPortReservation('tcp', start, count))).toBe(invalid);
    expect(refusalOf(() => user.lookupPersistentPortReservation('tcp', start, count))).toBe(invalid);
    expect(
      refusalOf(() => {
        admin.deletePersistentPortReservation('tcp', start, count);
      }),
    ).toBe(invalid);
  });

  it('is created and deleted by elevated processes only, but any process may look it up', () => {
    const denied = ERROR_ACCESS_DENIED.errorNumber;
    const token = admin.createPersistentPortReservation('tcp', 5000, 20);
    expect(refusalOf(() => user.createPersistentPortReservation('tcp', 5000, 20))).toBe(denied);
    expect(refusalOf(deletion(user, 5000, 20))).toBe(denied);
    expect(refusalOf(deletion(user, 6000, 20))).toBe(denied);
    expect(user.lookupPersistentPortReservation('tcp', 5000, 20)).toBe(token);
  });

  it('is refused with 32 over every kind of reservation and over a port in use', () => {
    admin.createPersistentPortReservation('tcp', 1000, 10);
    machine.addExcludedPortRange({ protocol: 'tcp', startPort: 2000, numberOfPorts: 10 });
    machine.addForeignReservation({ protocol: 'tcp', startPort: 3000, numberOfPorts: 10 });
    user.acquirePortReservation(user.openSocket('tcp', 4), 4000, 10);
    machine.addUnlistedReservation({ protocol: 'tcp', startPort: 5000, numberOfPorts: 10 }, 10_048);
    bindNew(user, 6009);
    for (const start of [1000, 2000, 3000, 4000, 5000, 6000]) {
      const creation = () => admin.createPersistentPortReservation('tcp', start + 9, 5);
      expect([start, refusalOf(creation)]).toEqual([start, ERROR_SHARING_VIOLATION.errorNumber]);
      expect(refusalOf(() => admin.createPersistentPortReservation('tcp', start + 10, 5))).toBe(0);
    }
  });

  it('is found only by its exact start port and number of ports', () => {
    admin.createPersistentPortReservation('tcp', 5000, 20);
    for (const [start, count] of [
      [5000, 19],
      [5000, 21],
      [5001, 19],
    ] as const) {
      expect(refusalOf(() => admin.lookupPersistentPortReservation('tcp', start, count))).toBe(1168);
      expect(refusalOf(deletion(admin, start, count))).toBe(1168);
    }
  });

  it('is not found among reservations of other kinds', () => {
    machine.addForeignReservation({ protocol: 'tcp', startPort: 3000, numberOfPorts: 10 });
    user.acquirePortReservation(user.openSocket('tcp', 4), 4000, 10);
    for (const start of [3000, 4000]) {
      expect(refusalOf(() => admin.lookupPersistentPortReservation('tcp', start, 10))).toBe(1168);
      expect(refusalOf(deletion(admin, start, 10))).toBe(1168);
    }
  });

  it('leaves the same ports of the other protocol alone', () => {
    admin.createPersistentPortReservation('tcp', 5000, 20);
    admin.createPersistentPortReservation('udp', 5000, 20);
    admin.deletePersistentPortReservation('tcp', 5000, 20);
    expect(refusalOf(() => admin.lookupPersistentPortReservation('udp', 5000, 20))).toBe(0);
  });

  it('gives its ports to associated sockets of any elevated process', () => {
    const token = admin.createPersistentPortReservation('tcp', 5000, 2);
    const other = machine.startProcess();
    expect(bind(admin, openAssociated(admin, token), 0)).toBe(5000);
    expect(bind(other, openAssociated(other, token), 0)).toBe(5001);
  });

  it('cannot be consumed by a process that is not elevated', () => {
    admin.createPersistentPortReservation('tcp', 5000, 2);
    const token = user.lookupPersistentPortReservation('tcp', 5000, 2);
    expect(refusalOf(() => openAssociated(user, token))).toBe(WSAEACCES.errorNumber);
  });
});

describe('a socket', () => {
  it('is unknown after it was closed, in other processes, and after the end of its process', () => {
    const closed = user.openSocket('tcp', 4);
    user.closeSocket(closed);
    const foreign = admin.openSocket('tcp', 4);
    const orphan = user.openSocket('tcp', 4);
    user.exit();
    for (const socketId of [closed, foreign, orphan, 0]) {
      const calls = [
        () => user.acquirePortReservation(socketId, 0, 1),
        () => {
          user.associatePortReservation(socketId, 1n);
        },
        () => {
          user.releasePortReservation(socketId, 1n);
        },
        () => user.bindCandidates(socketId, 0).next(),
        () => {
          user.confirmBind(socketId, 5000);
        },
        () => {
          user.closeSocket(socketId);
        },
      ];
      expect(calls.map(refusalOf)).toEqual(calls.map(() => WSAENOTSOCK.errorNumber));
    }
  });

  it('is bound only once', () => {
    const socketId = bindNew(user, 5000);
    expect(refusalOf(() => user.bindCandidates(socketId, 0).next())).toBe(WSAEINVAL.errorNumber);
    expect(refusalOf(() => bind(user, socketId, 5001))).toBe(WSAEINVAL.errorNumber);
    expect(
      refusalOf(() => {
        user.confirmBind(socketId, 5001);
      }),
    ).toBe(WSAEINVAL.errorNumber);
  });

  it.each([-1, 65_536, 1.5, Number.NaN])('cannot be asked to bind to %d, which is not a port', (port) => {
    const socketId = user.openSocket('tcp', 4);
    expect(() => user.bindCandidates(socketId, port).next()).toThrow(RangeError);
    expect(() => {
      user.confirmBind(socketId, port);
    }).toThrow(RangeError);
  });
});

describe('a process', () => {
  it('frees all its ports when it exits, which it may do twice', () => {
    bindNew(user, 5000);
    user.exit();
    user.exit();
    expect(refusalOf(() => admin.createPersistentPortReservation('tcp', 5000, 1))).toBe(0);
  });

  it('cannot do anything after its end', () => {
    admin.exit();
    const ended = /the process \d+ has ended/;
    expect(() => admin.openSocket('tcp', 4)).toThrow(ended);
    expect(() => admin.createPersistentPortReservation('tcp', 5000, 1)).toThrow(ended);
    expect(() => admin.lookupPersistentPortReservation('tcp', 5000, 1)).toThrow(ended);
    expect(deletion(admin, 5000, 1)).toThrow(ended);
  });
});
