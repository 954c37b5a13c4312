// SPDX-License-Identifier: MIT
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SimulatedWindows } from '../../../src/simulator/model/machine.js';
import type { SavedChanges } from '../../../src/simulator/model/machine-changes.js';
import type { SavedMachine } from '../../../src/simulator/model/saved-machine.js';
import { acts, perform } from './acts.js';
import { bind, bindNew, openAssociated, refusalOf } from './helpers.js';

const dynamicRange = { startPort: 50_000, numberOfPorts: 64 };

/** Copies the state as a file between two processes would. */
function restored(machine: SimulatedWindows): SimulatedWindows {
  return SimulatedWindows.restore(JSON.parse(JSON.stringify(machine.save())) as SavedMachine);
}

describe('a restored machine', () => {
  it('goes on with running processes, their sockets and their tokens', () => {
    const first = new SimulatedWindows({ dynamicRange, hostPorts: 'any' });
    first.useTokens(2n ** 64n - 1n, 2n ** 64n - 2n, 2n ** 64n - 3n);
    const admin = first.startProcess();
    const user = first.startProcess({ elevated: false });
    const persistent = admin.createPersistentPortReservation('tcp', 1000, 10);
    const owner = user.openSocket('tcp', 6);
    const runtime = user.acquirePortReservation(owner, 0, 10);
    const unbound = openAssociated(user, runtime.token);
    const bound = openAssociated(user, runtime.token);
    bind(user, bound, 0);

    const second = restored(first);
    expect(second.hostPorts).toBe('any');
    const sameUser = second.process(user.id);
    expect(sameUser.elevated).toBe(false);
    expect(sameUser.lookupPersistentPortReservation('tcp', 1000, 10)).toBe(persistent);
    expect(bind(sameUser, unbound, 0)).toBe(runtime.startPort + 1);
    expect(refusalOf(() => sameUser.bindCandidates(bound, 0).next())).toBe(10_022);
    expect(sameUser.acquirePortReservation(owner, 0, 1)).toEqual({
      startPort: 50_010,
      numberOfPorts: 1,
      token: 2n ** 64n - 3n,
    });

    const third = restored(second);
    third.process(user.id).closeSocket(owner);
    expect(third.excludedPortRanges('tcp').map(({ kind }) => kind)).toEqual(['persistent']);
    const sameAdmin = third.process(admin.id);
    expect(refusalOf(() => sameAdmin.createPersistentPortReservation('tcp', 50_000, 2))).toBe(32);
    third.process(user.id).exit();
    expect(refusalOf(() => sameAdmin.createPersistentPortReservation('tcp', 50_000, 2))).toBe(0);
  });

  it('keeps exclusions, foreign and unlisted reservations, assumptions, plans and the issue of ids', () => {
    const first = new SimulatedWindows({
      dynamicRange,
      assumptions: { associateTwice: 0, lookupFindsAdministeredExclusion: true },
    });
    const { id } = first.startProcess();
    first.addExcludedPortRange({ protocol: 'udp', startPort: 1000, numberOfPorts: 10 });
    const token = first.process(id).lookupPersistentPortReservation('udp', 1000, 10);
    first.addForeignReservation({ protocol: 'tcp', startPort: 2000, numberOfPorts: 10 });
    first.addUnlistedReservation({ protocol: 'tcp', startPort: 3000, numberOfPorts: 10 }, 10_048);
    first.failNext('bind', 10_050, 2);
    first.delayNext('socket', 5);
    bindNew(first.process(id), 0, 'tcp');
    bindNew(first.process(id), 0, 'udp');
    bindNew(first.process(id), 0, 'udp');

    const second = restored(first);
    expect(second.dynamicRange).toEqual(dynamicRange);
    expect(second.assumptions.associateTwice).toBe(0);
    expect(second.excludedPortRanges('tcp')).toEqual(first.excludedPortRanges('tcp'));
    expect(second.excludedPortRanges('udp')).toEqual(first.excludedPortRanges('udp'));
    expect(second.process(id).lookupPersistentPortReservation('udp', 1000, 10)).toBe(token);
    expect(refusalOf(() => bindNew(second.process(id), 3005))).toBe(10_048);
    expect([1, 2, 3].map(() => second.takeFailure('bind'))).toEqual([10_050, 10_050, undefined]);
    expect(second.takeDelay('socket')).toBe(5);
    expect(second.save().nextDynamicPort).toEqual({ tcp: 50_001, udp: 50_002 });
    expect(second.startProcess().id).toBeGreaterThan(id);
  });

  it('shares nothing with the machine that was saved', () => {
    const first = new SimulatedWindows();
    first.failNext('bind', 10_050);
    const second = SimulatedWindows.restore(first.save());
    second.takeFailure('bind');
    second.addForeignReservation({ protocol: 'tcp', startPort: 2000, numberOfPorts: 10 });
    expect(first.takeFailure('bind')).toBe(10_050);
    expect(first.excludedPortRanges('tcp')).toEqual([]);
  });

  it('is saved as it was restored, after any history', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ act: fc.constantFrom(...acts), seed: fc.nat() }), { maxLength: 40 }),
        (steps) => {
          const machine = new SimulatedWindows({ dynamicRange });
          for (const { act, seed } of steps) perform(act, machine, seed);
          expect(restored(machine).save()).toEqual(machine.save());
        },
      ),
    );
  });

  it('has a copy that knows each change, and nothing else, after any history', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.record({ act: fc.constantFrom(...acts), seed: fc.nat() }), { maxLength: 4 }), {
          maxLength: 20,
        }),
        (transactions) => {
          const assumptions = { lookupFindsAdministeredExclusion: true };
          const machine = new SimulatedWindows({ dynamicRange, assumptions });
          const changes = machine.followChanges();
          const copy = restored(machine);
          const changesOfCopy = copy.followChanges();
          for (const steps of transactions) {
            for (const { act, seed } of steps) perform(act, machine, seed);
            const taken = changes.take();
            if (steps.length === 0) expect(taken).toBeUndefined();
            if (taken !== undefined) changesOfCopy.apply(JSON.parse(JSON.stringify(taken)) as SavedChanges);
            expect(copy.save()).toEqual(machine.save());
            expect(changesOfCopy.take()).toBeUndefined();
          }
          // The copy goes on like the machine: its indexes are as its records.
          expect(restored(copy).save()).toEqual(machine.save());
        },
      ),
    );
  });

  it('tells changes whose size does not depend on the number of blocks', () => {
    const sizeWith = (blocks: number): number => {
      const machine = new SimulatedWindows({ dynamicRange });
      for (let block = 0; block < blocks; block += 1) {
        machine.addForeignReservation({ protocol: 'tcp', startPort: 2000 + 2 * block, numberOfPorts: 1 });
      }
      const changes = machine.followChanges();
      machine.addForeignReservation({ protocol: 'tcp', startPort: 1000, numberOfPorts: 1 });
      return JSON.stringify(changes.take()).length;
    };
    expect(sizeWith(10_000)).toBe(sizeWith(10));
  });

  it.each([
    ['another version', { version: 1 }],
    ['a persistent reservation without a token', { reservations: [reservation('persistent')] }],
    ['a runtime reservation without an owner', { reservations: [{ ...reservation('runtime'), token: '7', owner: 9 }] }],
  ])('is not made from %s', (_, damage) => {
    const saved = { ...new SimulatedWindows().save(), ...damage } as SavedMachine;
    expect(() => SimulatedWindows.restore(saved)).toThrow(/saved/);
  });
});

function reservation(kind: 'persistent' | 'runtime'): object {
  return { kind, protocol: 'tcp', startPort: 5000, numberOfPorts: 1 };
}
