// SPDX-License-Identifier: MIT
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { SocketRecord } from '../../../src/simulator/model/records.js';
import { SocketGroups } from '../../../src/simulator/model/socket-groups.js';

function socket(id: number): SocketRecord {
  return {
    id,
    processId: 1,
    protocol: 'tcp',
    family: 4,
    thread: 0,
    owned: new Set(),
    associated: undefined,
    bound: undefined,
  };
}

/** Makes the groups, and records every Map that they create from then on. */
function watchMaps(): { groups: SocketGroups<number>; maps: Map<unknown, unknown>[] } {
  const maps: Map<unknown, unknown>[] = [];
  class WatchedMap<Key, Value> extends Map<Key, Value> {
    constructor(entries?: Iterable<readonly [Key, Value]>) {
      super(entries);
      maps.push(this);
    }
  }
  vi.stubGlobal('Map', WatchedMap);
  return { groups: new SocketGroups<number>(), maps };
}

describe('SocketGroups', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('answers like a plain list of members, also for groups that were empty meanwhile', () => {
    const keys = [0, 1, 2, 3, 4];
    const sockets = [1, 2, 3].map(socket);
    const step = fc.record({ key: fc.constantFrom(...keys), socket: fc.constantFrom(...sockets) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const groups = new SocketGroups<number>();
        let members: typeof steps = [];
        for (const next of steps) {
          const isMember = ({ key, socket }: typeof next) => key === next.key && socket === next.socket;
          if (members.some(isMember)) {
            groups.delete(next.key, next.socket);
            members = members.filter((member) => !isMember(member));
          } else {
            groups.add(next.key, next.socket);
            members.push(next);
          }
          for (const key of keys) {
            const expected = members.filter((member) => member.key === key).map((member) => member.socket);
            expect([...groups.of(key)]).toEqual(expected);
          }
        }
      }),
    );
  });

  it('refuses to delete a socket from a group that it is not in', () => {
    const groups = new SocketGroups<string>();
    groups.add('one', socket(1));
    expect(() => {
      groups.delete('one', socket(2));
    }).toThrow('the socket 2 is not in the group one');
    expect(() => {
      groups.delete('other', socket(1));
    }).toThrow('the socket 1 is not in the group other');
  });

  it('neither deletes nor copies when one group of many is emptied and filled over and over', () => {
    const { groups, maps } = watchMaps();
    for (let key = 0; key < 100; key++) groups.add(key, socket(key));
    const deleting = vi.spyOn(Map.prototype, 'delete');
    const one = socket(1000);
    for (let round = 0; round < 1000; round++) {
      groups.add(1000, one);
      groups.delete(1000, one);
    }
    expect(maps).toHaveLength(1);
    expect(deleting).not.toHaveBeenCalled();
  });

  it('keeps fewer empty groups than others, and copies them no more often than needed', () => {
    const { groups, maps } = watchMaps();
    for (let key = 0; key < 100; key++) groups.add(key, socket(key));
    for (let key = 100; key < 1100; key++) {
      const one = socket(key);
      groups.add(key, one);
      groups.delete(key, one);
      expect(maps.at(-1)?.size).toBeLessThanOrEqual(200);
    }
    expect(maps.length).toBeLessThanOrEqual(1 + 1000 / 100);
  });
});
