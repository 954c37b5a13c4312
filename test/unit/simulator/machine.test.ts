// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import type { PortBlock, Protocol } from '../../../src/common/ports.js';
import type { ExcludedPortRangeRow } from '../../../src/simulator/model/listing.js';
import { SimulatedWindows } from '../../../src/simulator/model/machine.js';
import { bindNew, openAssociated, refusalOf } from './helpers.js';
import { portsFrom } from '../../shared/ports-from.js';

const block = tcp(5000, 10);

function tcp(startPort: number, numberOfPorts: number): PortBlock {
  return { protocol: 'tcp', startPort, numberOfPorts };
}

describe('an administered exclusion', () => {
  it('is added and deleted by its exact start port and number of ports', () => {
    const machine = new SimulatedWindows();
    machine.addExcludedPortRange(block);
    expect(
      refusalOf(() => {
        machine.deleteExcludedPortRange(tcp(5000, 9));
      }),
    ).toBe(1168);
    machine.deleteExcludedPortRange(block);
    expect(machine.excludedPortRanges('tcp')).toEqual([]);
  });

  it('is refused with 32 over ports that are in use or reserved', () => {
    const machine = new SimulatedWindows();
    const admin = machine.startProcess();
    machine.addExcludedPortRange(tcp(1000, 10));
    machine.addForeignReservation(tcp(2000, 10));
    admin.createPersistentPortReservation('tcp', 3000, 10);
    admin.acquirePortReservation(admin.openSocket('tcp', 4), 4000, 10);
    bindNew(admin, 5009);
    for (const startPort of [1000, 2000, 3000, 4000, 5000]) {
      expect(
        refusalOf(() => {
          machine.addExcludedPortRange(tcp(startPort + 9, 5));
        }),
      ).toBe(32);
    }
  });

  it('is refused with an error that names the code', () => {
    const machine = new SimulatedWindows();
    machine.addExcludedPortRange(block);
    expect(() => {
      machine.addExcludedPortRange(block);
    }).toThrow(
      expect.objectContaining({
        name: 'Refusal',
        message: 'Windows refuses this with ERROR_SHARING_VIOLATION (32)',
      }),
    );
  });

  it('without a star cannot be deleted with netsh', () => {
    const machine = new SimulatedWindows();
    machine.addForeignReservation(block);
    expect(
      refusalOf(() => {
        machine.deleteExcludedPortRange(block);
      }),
    ).toBe(5);
  });
});

describe('foreign and unlisted reservations', () => {
  it('are refused with 32 over ports that are in use or reserved, and free their ports again', () => {
    const machine = new SimulatedWindows();
    const calls = [
      () => {
        machine.addForeignReservation(block);
      },
      () => {
        machine.addUnlistedReservation(block, 10_013);
      },
    ];
    machine.addExcludedPortRange(tcp(5009, 1));
    expect(calls.map(refusalOf)).toEqual([32, 32]);
    machine.deleteExcludedPortRange(tcp(5009, 1));
    const user = machine.startProcess();
    bindNew(user, 5000);
    expect(calls.map(refusalOf)).toEqual([32, 32]);
    user.exit();
    expect(calls.map(refusalOf)).toEqual([0, 32]);
    machine.deleteForeignReservation(block);
    expect(calls.reverse().map(refusalOf)).toEqual([0, 32]);
    machine.deleteUnlistedReservation(block);
    expect(refusalOf(() => bindNew(machine.startProcess(), 5000))).toBe(0);
  });

  it('are deleted only by the call for their kind', () => {
    const machine = new SimulatedWindows();
    machine.addExcludedPortRange(block);
    const calls = [
      () => {
        machine.deleteForeignReservation(block);
      },
      () => {
        machine.deleteUnlistedReservation(block);
      },
    ];
    expect(calls.map(refusalOf)).toEqual([1168, 1168]);
  });
});

describe('the list of excluded port ranges', () => {
  it('has a row for each reservation, in order, a star for administered ones, and none for unlisted ones', () => {
    const machine = new SimulatedWindows();
    const admin = machine.startProcess();
    admin.acquirePortReservation(admin.openSocket('tcp', 4), 4000, 10);
    machine.addUnlistedReservation(tcp(3500, 10), 10_048);
    machine.addForeignReservation(tcp(2000, 100));
    admin.createPersistentPortReservation('tcp', 3000, 10);
    machine.addExcludedPortRange(tcp(1000, 1));
    machine.addExcludedPortRange({ ...block, protocol: 'udp' });
    const row = (
      startPort: number,
      endPort: number,
      kind: ExcludedPortRangeRow['kind'],
      protocol: Protocol = 'tcp',
    ): ExcludedPortRangeRow => ({
      protocol,
      ...portsFrom(startPort, endPort),
      administered: kind === 'administered',
      kind,
    });
    expect(machine.excludedPortRanges('tcp')).toEqual([
      row(1000, 1000, 'administered'),
      row(2000, 2099, 'foreign'),
      row(3000, 3009, 'persistent'),
      row(4000, 4009, 'runtime'),
    ]);
    expect(machine.excludedPortRanges('udp')).toEqual([row(5000, 5009, 'administered', 'udp')]);
  });
});

describe('a token', () => {
  it('is the next one given by the test, unless it is in use, and random after those', () => {
    const machine = new SimulatedWindows();
    const admin = machine.startProcess();
    machine.useTokens(1n, 2n ** 64n - 1n, 2n ** 53n + 1n, 2n ** 64n - 1n);
    const create = (startPort: number) => admin.createPersistentPortReservation('tcp', startPort, 1);
    expect([create(1), create(2), create(3)]).toEqual([1n, 2n ** 64n - 1n, 2n ** 53n + 1n]);
    expect(create(4)).not.toBe(2n ** 64n - 1n);
  });

  it('is never 0 and never the same for two reservations', () => {
    const machine = new SimulatedWindows();
    const admin = machine.startProcess();
    const tokens = Array.from({ length: 200 }, (_, index) => {
      return admin.createPersistentPortReservation('udp', 1 + index, 1);
    });
    expect(new Set(tokens).size).toBe(200);
    expect(tokens).not.toContain(0n);
    expect(tokens.some((token) => token > 2n ** 53n)).toBe(true);
  });

  it.each([0n, -1n, 2n ** 64n])('cannot be %d', (token) => {
    expect(() => {
      new SimulatedWindows().useTokens(token);
    }).toThrow(RangeError);
  });
});

describe('a restart', () => {
  it('ends processes and keeps only persistent reservations, with other tokens, and administered exclusions', () => {
    const machine = new SimulatedWindows();
    const admin = machine.startProcess();
    const token = admin.createPersistentPortReservation('tcp', 1000, 10);
    machine.addExcludedPortRange(tcp(2000, 10));
    machine.addForeignReservation(tcp(3000, 10));
    machine.addUnlistedReservation(tcp(4000, 10), 10_013);
    admin.acquirePortReservation(admin.openSocket('tcp', 4), 5000, 10);
    bindNew(admin, 6000);
    machine.restart();
    expect(() => machine.process(admin.id)).toThrow(`no process has the id ${admin.id}`);
    expect(machine.excludedPortRanges('tcp').map(({ kind }) => kind)).toEqual(['persistent', 'administered']);
    const after = machine.startProcess();
    expect(after.createPersistentPortReservation('tcp', 3000, 4000)).toBeTypeOf('bigint');
    expect(after.lookupPersistentPortReservation('tcp', 1000, 10)).not.toBe(token);
    expect(refusalOf(() => openAssociated(after, token))).toBe(10_022);
  });

  it('gives a new token even if the old one is next in turn', () => {
    const machine = new SimulatedWindows();
    machine.useTokens(7n, 7n);
    machine.startProcess().createPersistentPortReservation('tcp', 1000, 10);
    machine.restart();
    expect(machine.persistentReservations('tcp')[0]?.token).not.toBe(7n);
  });
});

describe('a machine', () => {
  it('finds a running process by its id', () => {
    const machine = new SimulatedWindows();
    const user = machine.startProcess({ elevated: false });
    expect(machine.process(user.id)).toMatchObject({ id: user.id, elevated: false });
    expect(machine.isRunning(user.id)).toBe(true);
    user.exit();
    expect(machine.isRunning(user.id)).toBe(false);
    expect(() => machine.process(user.id)).toThrow(RangeError);
  });

  it('has the dynamic range of Windows by default', () => {
    expect(new SimulatedWindows().dynamicRange).toEqual({ startPort: 49_152, numberOfPorts: 16_384 });
    const dynamicRange = { startPort: 1024, numberOfPorts: 13_977 };
    expect(new SimulatedWindows({ dynamicRange }).dynamicRange).toEqual(dynamicRange);
    expect(() => new SimulatedWindows({ dynamicRange: { startPort: 0, numberOfPorts: 10 } })).toThrow(RangeError);
  });

  it.each([tcp(0, 1), tcp(5000, 0), tcp(65_535, 2)])('takes no block like %o', (invalid) => {
    const machine = new SimulatedWindows();
    for (const call of [
      () => {
        machine.addExcludedPortRange(invalid);
      },
      () => {
        machine.deleteExcludedPortRange(invalid);
      },
      () => {
        machine.addForeignReservation(invalid);
      },
      () => {
        machine.deleteForeignReservation(invalid);
      },
      () => {
        machine.addUnlistedReservation(invalid, 10_013);
      },
      () => {
        machine.deleteUnlistedReservation(invalid);
      },
    ]) {
      expect(call).toThrow(RangeError);
    }
  });

  it('lists persistent reservations with their tokens, in order', () => {
    const machine = new SimulatedWindows();
    const admin = machine.startProcess();
    machine.useTokens(11n, 12n);
    admin.createPersistentPortReservation('tcp', 6000, 1);
    admin.createPersistentPortReservation('tcp', 5000, 10);
    machine.addForeignReservation(tcp(4000, 1));
    expect(machine.persistentReservations('tcp')).toEqual([
      { ...block, token: 12n },
      { ...tcp(6000, 1), token: 11n },
    ]);
    expect(machine.persistentReservations('udp')).toEqual([]);
  });
});

describe('planned failures and delays', () => {
  it('are taken call by call, in order, and by name', () => {
    const machine = new SimulatedWindows();
    machine.failNext('bind', 10_050, 2);
    machine.failNext('bind', 10_055);
    machine.delayNext('bind', 25);
    expect(machine.takeFailure('socket')).toBeUndefined();
    const failures = [1, 2, 3, 4].map(() => machine.takeFailure('bind'));
    expect(failures).toEqual([10_050, 10_050, 10_055, undefined]);
    expect([machine.takeDelay('bind'), machine.takeDelay('bind'), machine.takeDelay('socket')]).toEqual([25, 0, 0]);
  });

  it('have numbers from 1 on', () => {
    const machine = new SimulatedWindows();
    for (const call of [
      () => {
        machine.failNext('bind', 0);
      },
      () => {
        machine.failNext('bind', 10_013, 0);
      },
      () => {
        machine.delayNext('bind', -1);
      },
      () => {
        machine.addUnlistedReservation(block, 0);
      },
    ]) {
      expect(call).toThrow(RangeError);
    }
  });
});
