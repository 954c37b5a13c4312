// SPDX-License-Identifier: MIT
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PortPool } from '../../../src/simulator/model/port-pool.js';
import { contains } from '../../../src/common/port-ranges.js';
import { endOf, isPortRange } from '../../../src/simulator/model/port-range.js';
import type { BoundTo, ForeignReservation, UnlistedReservation } from '../../../src/simulator/model/records.js';
import { countReads } from './helpers.js';

const dynamicRange = { startPort: 49_152, numberOfPorts: 16_384 };

/** A socket that leaves it to the host which sockets share its port. */
function at(port: number): BoundTo {
  return { port, addresses: [] };
}

function reservation(startPort: number, numberOfPorts: number): ForeignReservation {
  return { kind: 'foreign', protocol: 'tcp', startPort, numberOfPorts };
}

function unlisted(startPort: number, numberOfPorts: number): UnlistedReservation {
  return { protocol: 'tcp', startPort, numberOfPorts, errorNumber: 10_013 };
}

/** Makes ports close together, so that many of them collide. */
const someRange = fc
  .record({
    startPort: fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 65_400, max: 65_535 })),
    numberOfPorts: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 65_535 })),
  })
  .filter(isPortRange);

describe('PortPool', () => {
  it('answers like a plain list of blocks and bound ports', () => {
    const step = fc.record({ kind: fc.constantFrom('reserve', 'delete', 'bind', 'unbind'), range: someRange });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.array(someRange, { minLength: 1 }), (steps, questions) => {
        const pool = new PortPool(dynamicRange);
        const blocks: ForeignReservation[] = [];
        const bound: number[] = [];
        for (const { kind, range } of steps) {
          const overlap = blocks.some((block) => block.startPort < endOf(range) && range.startPort < endOf(block));
          const victim = blocks[range.startPort % Math.max(1, blocks.length)];
          if (kind === 'reserve' && !overlap) {
            const block = reservation(range.startPort, range.numberOfPorts);
            pool.addReservation(block);
            blocks.push(block);
          } else if (kind === 'delete' && victim !== undefined) {
            pool.deleteReservation(victim);
            blocks.splice(blocks.indexOf(victim), 1);
          } else if (kind === 'bind') {
            pool.bind(at(range.startPort));
            bound.push(range.startPort);
          } else if (kind === 'unbind' && bound.includes(range.startPort)) {
            pool.unbind(at(range.startPort));
            bound.splice(bound.indexOf(range.startPort), 1);
          }
        }
        blocks.sort((one, other) => one.startPort - other.startPort);
        expect(pool.reservations()).toEqual(blocks);
        for (const range of questions) {
          const over = blocks.filter((block) => block.startPort < endOf(range) && range.startPort < endOf(block));
          const isBound = bound.some((port) => contains(range, port));
          expect(pool.reservationAt(range.startPort)).toBe(blocks.find((block) => contains(block, range.startPort)));
          expect(pool.reservationOver(range)).toBe(over.at(-1));
          expect(pool.reservationOf(range)).toBe(
            over.find(({ startPort, numberOfPorts }) => {
              return startPort === range.startPort && numberOfPorts === range.numberOfPorts;
            }),
          );
          expect(pool.isBound(range)).toBe(isBound);
          expect(pool.isTaken(range)).toBe(isBound || over.length > 0);
        }
      }),
    );
  });

  it('refuses a block that overlaps another one', () => {
    const pool = new PortPool(dynamicRange);
    pool.addReservation(reservation(5000, 20));
    expect(() => {
      pool.addReservation(reservation(5019, 2));
    }).toThrow('the block at port 5019 overlaps the one at port 5000');
  });

  it('deletes a block only by its exact start port and number of ports', () => {
    const pool = new PortPool(dynamicRange);
    pool.addReservation(reservation(5000, 20));
    expect(() => {
      pool.deleteReservation(reservation(5000, 19));
    }).toThrow('no such block at port 5000');
  });

  it('holds the very first and the very last port', () => {
    const pool = new PortPool(dynamicRange);
    const first = reservation(1, 1);
    const last = reservation(65_535, 1);
    pool.addReservation(first);
    pool.addReservation(last);
    expect(pool.reservationAt(1)).toBe(first);
    expect(pool.reservationAt(2)).toBeUndefined();
    expect(pool.reservationAt(65_534)).toBeUndefined();
    expect(pool.reservationAt(65_535)).toBe(last);
  });

  it('keeps a bound port of a block taken when the block ends first', () => {
    const pool = new PortPool(dynamicRange);
    const block = reservation(5000, 20);
    pool.addReservation(block);
    pool.bind(at(5001));
    pool.bind(at(5001));
    pool.deleteReservation(block);
    pool.unbind(at(5001));
    expect(pool.isTaken(block)).toBe(true);
    pool.unbind(at(5001));
    expect(pool.isTaken(block)).toBe(false);
  });

  it('lets an unlisted reservation share ports with a listed one', () => {
    const pool = new PortPool(dynamicRange);
    const hidden = unlisted(5000, 100);
    const listed = reservation(5010, 10);
    pool.addUnlisted(hidden);
    pool.addReservation(listed);
    expect(pool.unlistedAt(5015)).toBe(hidden);
    expect(pool.unlistedOver({ startPort: 5099, numberOfPorts: 5 })).toBe(hidden);
    expect(pool.unlistedOf(hidden)).toBe(hidden);
    expect(pool.unlisted()).toEqual([hidden]);
    pool.deleteUnlisted(hidden);
    expect(pool.isTaken(listed)).toBe(true);
    expect(pool.isTaken({ startPort: 5020, numberOfPorts: 80 })).toBe(false);
  });

  it('finds the first port of a range that is not bound, and the first that may be chosen', () => {
    const range = { startPort: 5000, numberOfPorts: 30 };
    for (const [skipsReservations, expected] of [
      [true, 5021],
      [false, 5011],
    ] as const) {
      const pool = new PortPool(dynamicRange, skipsReservations);
      const persistent = { ...reservation(5000, 10), kind: 'persistent', token: 1n } as const;
      pool.addReservation(persistent);
      pool.addReservation(reservation(5010, 10));
      pool.bind(at(5000));
      pool.bind(at(5010));
      pool.bind(at(5020));
      expect(pool.findUnbound(range)).toBe(5001);
      expect(pool.findChoosable(range)).toBe(expected);
      pool.deleteReservation(persistent);
      expect(pool.findChoosable(range)).toBe(5001);
      pool.unbind(at(5000));
      expect(pool.findChoosable(range)).toBe(5000);
    }
  });

  it('lists persistent reservations without looking at others', () => {
    const readsOf = countReads(() => new PortPool(dynamicRange));
    const persistent = { ...reservation(65_000, 5), kind: 'persistent', token: 1n } as const;
    readsOf((pool) => {
      for (let startPort = 1; startPort < 10_000; startPort += 2) pool.addReservation(reservation(startPort, 1));
      pool.addReservation(persistent);
      expect(pool.reservations()).toHaveLength(5001);
    });
    // At most eight steps in the set of start ports to find it, and four to find that there is no other.
    const listing = readsOf((pool) => {
      expect(pool.persistentReservations()).toEqual([persistent]);
    });
    expect(listing).toBeLessThanOrEqual(12);
    readsOf((pool) => {
      pool.deleteReservation(persistent);
      expect(pool.persistentReservations()).toEqual([]);
    });
  });

  it('gives dynamic ports their turn, once around the range', () => {
    const pool = new PortPool({ startPort: 50_000, numberOfPorts: 10 });
    expect(pool.findDynamicRun(4)).toBe(50_000);
    pool.passTurn({ startPort: 50_000, numberOfPorts: 4 });
    expect(pool.findDynamicRun(4)).toBe(50_004);
    pool.passTurn({ startPort: 50_004, numberOfPorts: 4 });
    expect(pool.findDynamicRun(4)).toBe(50_000);
    pool.passTurn({ startPort: 50_008, numberOfPorts: 2 });
    expect(pool.nextDynamicPort).toBe(50_000);
  });

  it('takes no more steps with 30,000 blocks than with none', () => {
    // Four levels up and four down in the set of start ports, and twice the nodes that FreeRuns visits.
    const limit = 2 * 8 + 2 * 68 * 8;
    const readsOf = countReads(() => {
      const pool = new PortPool(dynamicRange);
      pool.bind(at(65_535));
      return pool;
    });
    for (let startPort = 1; startPort <= 60_000; startPort += 2) {
      const reads = readsOf((pool) => {
        pool.addReservation(reservation(startPort, 1));
      });
      expect(reads).toBeLessThanOrEqual(limit);
    }
    for (const startPort of [1, 29_999, 30_000, 59_999, 65_000]) {
      const range = { startPort, numberOfPorts: 1 };
      expect(readsOf((pool) => pool.reservationAt(startPort))).toBeLessThanOrEqual(8);
      expect(readsOf((pool) => pool.reservationOver(range))).toBeLessThanOrEqual(8);
      expect(readsOf((pool) => pool.reservationOf(range))).toBe(0);
      expect(readsOf((pool) => pool.isTaken(range))).toBeLessThanOrEqual(limit);
      expect(readsOf((pool) => pool.findDynamicRun(64))).toBeLessThanOrEqual(limit);
    }
    const deleting = readsOf((pool) => {
      pool.deleteReservation(reservation(29_999, 1));
    });
    expect(deleting).toBeLessThanOrEqual(limit);
  });

  it('keeps the addresses of a port apart, and counts those that two sockets have', () => {
    const pool = new PortPool(dynamicRange);
    const wildcard = { port: 5000, addresses: ['::', '0.0.0.0'] };
    const loopback = { port: 5000, addresses: ['127.0.0.1'] };
    pool.bind(wildcard);
    pool.bind(loopback);
    pool.bind(loopback);

    expect(pool.isAddressInUse({ port: 5000, addresses: ['0.0.0.0'] })).toBe(true);
    expect(pool.isAddressInUse({ port: 5001, addresses: ['0.0.0.0'] })).toBe(false);

    pool.unbind(wildcard);
    pool.unbind(loopback);

    expect(pool.isAddressInUse(wildcard)).toBe(false);
    expect(pool.isAddressInUse(loopback)).toBe(true);
  });
});
