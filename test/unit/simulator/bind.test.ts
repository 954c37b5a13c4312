// SPDX-License-Identifier: MIT
import { beforeEach, describe, expect, it } from 'vitest';
import { errorCodes } from '../../../src/common/error-codes.js';
import { SimulatedWindows } from '../../../src/simulator/model/machine.js';
import type { SimulatedProcess } from '../../../src/simulator/model/process.js';
import { bind, bindNew, openAssociated, refusalOf } from './helpers.js';

const { WSAEACCES, WSAENOBUFS } = errorCodes;

let machine: SimulatedWindows;
let admin: SimulatedProcess;
let user: SimulatedProcess;

beforeEach(() => {
  machine = new SimulatedWindows({ dynamicRange: { startPort: 50_000, numberOfPorts: 100 } });
  admin = machine.startProcess();
  user = machine.startProcess({ elevated: false });
});

describe('a bind to an explicit port', () => {
  it('succeeds inside an administered exclusion for every process', () => {
    machine.addExcludedPortRange({ protocol: 'tcp', startPort: 5000, numberOfPorts: 10 });
    const socketId = user.openSocket('tcp', 4);
    expect([...user.bindCandidates(socketId, 5003)]).toEqual([5003]);
  });

  it('is refused with 10013 inside foreign, persistent and runtime reservations, elevated or not', () => {
    admin.createPersistentPortReservation('tcp', 1000, 10);
    machine.addForeignReservation({ protocol: 'tcp', startPort: 3000, numberOfPorts: 10 });
    user.acquirePortReservation(user.openSocket('tcp', 4), 4000, 10);
    for (const port of [1000, 3009, 4005]) {
      for (const process of [admin, user]) {
        expect(refusalOf(() => bindNew(process, port))).toBe(WSAEACCES.errorNumber);
      }
    }
    expect(refusalOf(() => bindNew(user, 1010))).toBe(0);
    expect(refusalOf(() => bindNew(user, 1000, 'udp'))).toBe(0);
  });

  it('is refused for IPv6 sockets as it is for IPv4 sockets', () => {
    user.acquirePortReservation(user.openSocket('tcp', 4), 4000, 10);
    const socketId = admin.openSocket('tcp', 6);
    expect(refusalOf(() => bind(admin, socketId, 4000))).toBe(WSAEACCES.errorNumber);
  });

  it('is refused inside an unlisted reservation with its number, although no list shows it', () => {
    machine.addUnlistedReservation({ protocol: 'tcp', startPort: 1000, numberOfPorts: 10 }, 10_048);
    machine.addUnlistedReservation({ protocol: 'udp', startPort: 1000, numberOfPorts: 10 }, 10_013);
    expect(refusalOf(() => bindNew(admin, 1005))).toBe(10_048);
    expect(refusalOf(() => bindNew(admin, 1005, 'udp'))).toBe(10_013);
    expect(machine.excludedPortRanges('tcp')).toEqual([]);
  });

  it('is refused inside an unlisted reservation also when netsh excluded the port afterwards', () => {
    const block = { protocol: 'tcp', startPort: 1000, numberOfPorts: 10 } as const;
    machine.addUnlistedReservation(block, 10_048);
    machine.addExcludedPortRange(block);
    expect(refusalOf(() => bindNew(user, 1005))).toBe(10_048);
  });

  it('leaves two sockets on one port to the host', () => {
    bindNew(user, 5000);
    const first = bindNew(user, 5000);
    user.closeSocket(first);
    expect(refusalOf(() => admin.createPersistentPortReservation('tcp', 5000, 1))).toBe(32);
  });

  it('gives an associated socket the port it asks for inside the block', () => {
    const { token } = user.acquirePortReservation(user.openSocket('tcp', 4), 5000, 10);
    expect(bind(user, openAssociated(user, token), 5009)).toBe(5009);
  });
});

describe('a bind to port 0', () => {
  it('offers an associated socket every port of its block that no socket is bound to, then is refused', () => {
    const { token } = user.acquirePortReservation(user.openSocket('tcp', 4), 5000, 4);
    bind(user, openAssociated(user, token), 5001);
    const offered: number[] = [];
    const socketId = openAssociated(user, token);
    const refused = refusalOf(() => {
      for (const port of user.bindCandidates(socketId, 0)) offered.push(port);
    });
    expect(offered).toEqual([5000, 5002, 5003]);
    expect(refused).toBe(WSAENOBUFS.errorNumber);
  });

  it('offers an unassociated socket the dynamic range without reserved, excluded and bound ports', () => {
    for (const protocol of ['tcp', 'udp'] as const) {
      machine.addExcludedPortRange({ protocol, startPort: 50_000, numberOfPorts: 30 });
      machine.addForeignReservation({ protocol, startPort: 50_030, numberOfPorts: 20 });
      machine.addUnlistedReservation({ protocol, startPort: 50_050, numberOfPorts: 20 }, 10_013);
      admin.createPersistentPortReservation(protocol, 50_070, 20);
      admin.acquirePortReservation(admin.openSocket(protocol, 4), 50_091, 7);
      bindNew(user, 50_098, protocol);
      const offered: number[] = [];
      const socketId = user.openSocket(protocol, 6);
      const refused = refusalOf(() => {
        for (const port of user.bindCandidates(socketId, 0)) offered.push(port);
      });
      expect(offered).toEqual([50_090, 50_099]);
      expect(refused).toBe(WSAENOBUFS.errorNumber);
    }
  });

  it('offers two sockets that search at the same time different ports first, and wraps around at the end of the range', () => {
    const [one, other] = [user.openSocket('tcp', 4), user.openSocket('tcp', 4)];
    const first = user.bindCandidates(one, 0);
    const second = user.bindCandidates(other, 0);
    expect([first.next().value, second.next().value]).toEqual([50_000, 50_001]);
    machine.addForeignReservation({ protocol: 'tcp', startPort: 50_002, numberOfPorts: 98 });
    expect(bind(user, user.openSocket('tcp', 4), 0)).toBe(50_000);
  });

  it('never lands in an exclusion or a persistent reservation, even where it may land in others', () => {
    machine = new SimulatedWindows({
      dynamicRange: { startPort: 50_000, numberOfPorts: 100 },
      assumptions: { portZeroSkipsReservations: false },
    });
    const process = machine.startProcess();
    machine.addExcludedPortRange({ protocol: 'tcp', startPort: 50_000, numberOfPorts: 3 });
    process.createPersistentPortReservation('tcp', 50_003, 3);
    process.acquirePortReservation(process.openSocket('tcp', 4), 50_008, 3);
    machine.addUnlistedReservation({ protocol: 'udp', startPort: 50_000, numberOfPorts: 3 }, 10_048);
    const search = process.bindCandidates(process.openSocket('tcp', 4), 0);
    expect([search.next().value, search.next().value]).toEqual([50_006, 50_007]);
    expect(refusalOf(() => search.next())).toBe(WSAEACCES.errorNumber);
    expect(refusalOf(() => bindNew(process, 0, 'udp'))).toBe(10_048);
  });

  it('is refused once for each port that others hold, not forever, if it may choose such ports', () => {
    machine = new SimulatedWindows({
      dynamicRange: { startPort: 50_000, numberOfPorts: 100 },
      assumptions: { portZeroSkipsReservations: false },
    });
    user = machine.startProcess({ elevated: false });
    machine.addUnlistedReservation({ protocol: 'udp', startPort: 50_000, numberOfPorts: 2 }, 10_048);
    for (const expected of [10_048, 10_048]) expect(refusalOf(() => bindNew(user, 0, 'udp'))).toBe(expected);
    expect(bind(user, user.openSocket('udp', 4), 0)).toBe(50_002);
  });

  it('sees ports that were bound since its last candidate', () => {
    const search = user.bindCandidates(user.openSocket('tcp', 4), 0);
    search.next();
    bindNew(admin, 50_001);
    expect(search.next().value).toBe(50_002);
  });
});
