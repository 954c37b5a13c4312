// SPDX-License-Identifier: MIT
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startProcess } from '../../../src/simulator/model/machine-processes.js';
import { MachineState } from '../../../src/simulator/model/machine-state.js';
import type { SocketRecord } from '../../../src/simulator/model/records.js';
import { restoreMachine, saveMachine } from '../../../src/simulator/model/saved-machine.js';
import { SocketTable } from '../../../src/simulator/model/socket-table.js';

const protocols = ['tcp', 'udp'] as const;
const threads = [0, 1, 2];
const ports = [5000, 5001, 5002];

function idsOf(sockets: Iterable<SocketRecord>): number[] {
  return [...sockets].map(({ id }) => id).sort((one, other) => one - other);
}

/** Checks that every way to find sockets gives the same as looking at each open socket. */
function expectInStep(state: MachineState, processIds: number[], tokens: bigint[]): void {
  const { sockets } = state;
  const having = (isWanted: (socket: SocketRecord) => boolean) => idsOf(sockets.list().filter(isWanted));
  for (const socket of sockets.list()) expect(sockets.get(socket.id)).toBe(socket);
  for (const id of processIds) {
    expect(idsOf(sockets.ofProcess(id))).toEqual(having(({ processId }) => processId === id));
    for (const thread of threads) {
      expect(idsOf(sockets.ofThread(id, thread))).toEqual(
        having((socket) => socket.processId === id && socket.thread === thread),
      );
    }
  }
  for (const protocol of protocols) {
    const isBound = (socket: SocketRecord) => socket.protocol === protocol && socket.bound !== undefined;
    expect(idsOf(sockets.bound(protocol))).toEqual(having(isBound));
    for (const port of ports) {
      expect(idsOf(sockets.bound(protocol, port))).toEqual(
        having((socket) => isBound(socket) && socket.bound?.port === port),
      );
    }
  }
  for (const token of tokens) {
    expect(idsOf(sockets.boundBy(token))).toEqual(
      having(({ associated, bound }) => associated === token && bound !== undefined),
    );
  }
}

const number = fc.nat({ max: 20 });
const step = fc.record({
  action: fc.oneof(
    { weight: 4, arbitrary: fc.constant('open') },
    { weight: 4, arbitrary: fc.constant('bind') },
    { weight: 4, arbitrary: fc.constant('associate') },
    { weight: 2, arbitrary: fc.constant('acquire') },
    { weight: 2, arbitrary: fc.constant('close') },
    { weight: 1, arbitrary: fc.constantFrom('end', 'endThread', 'exit', 'restart', 'restore') },
  ),
  which: number,
  what: number,
});

describe('SocketTable', () => {
  it('finds the same as looking at every socket, after any sequence of changes', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.boolean(), (steps, boundSocketsSurvive) => {
        const assumptions = { boundSocketsSurviveOwnerClose: boundSocketsSurvive };
        let state = new MachineState({ assumptions });
        const processIds: number[] = [];
        const tokens: bigint[] = [];
        const pick = <Item>(items: Item[], index: number): Item | undefined => items[index % Math.max(1, items.length)];
        const start = () => processIds.push(startProcess(state, {}));
        start();
        start();
        for (const { action, which, what } of steps) {
          const socket = pick(state.sockets.list(), which);
          const processId = pick([...state.processes.keys()], which) ?? 0;
          const token = pick(tokens, what);
          const reservation = token === undefined ? undefined : state.reservationOf(token);
          if (action === 'open' && processId > 0) {
            state.openSocket(processId, what % 2 === 0 ? 'tcp' : 'udp', 4, what % threads.length);
          } else if (action === 'bind' && socket?.bound === undefined && socket !== undefined) {
            state.bindSocket(socket, { port: pick(ports, what) ?? 0, addresses: [] });
          } else if (action === 'associate' && socket !== undefined && token !== undefined) {
            state.sockets.associate(socket, token);
          } else if (action === 'acquire' && socket !== undefined) {
            const range = { protocol: socket.protocol, startPort: 6000 + what, numberOfPorts: 1 };
            if (state.pools[socket.protocol].isTaken(range)) continue;
            tokens.push(state.issueToken());
            state.addReservation({ ...range, kind: 'runtime', token: tokens.at(-1) ?? 0n, owner: socket });
          } else if (action === 'end' && reservation !== undefined) {
            state.endReservation(reservation, boundSocketsSurvive);
          } else if (action === 'close' && socket !== undefined) {
            state.closeSocket(socket);
          } else if (action === 'endThread') {
            state.endThread(processId, what % threads.length);
          } else if (action === 'exit') {
            state.endProcess(processId);
            expect(idsOf(state.sockets.ofProcess(processId))).toEqual([]);
            start();
          } else if (action === 'restart') {
            state.restart();
            expect(state.sockets.list()).toEqual([]);
            start();
          } else if (action === 'restore') {
            const before = state.sockets.list();
            state = restoreMachine(saveMachine(state));
            expect(state.sockets.list()).toEqual(before);
          }
          expectInStep(state, processIds, tokens);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('closes a socket once', () => {
    const table = new SocketTable();
    const socket = table.open({ id: 1, processId: 1, protocol: 'tcp', family: 4, thread: 0 });
    expect([table.close(socket), table.close(socket)]).toEqual([true, false]);
    expect(table.get(1)).toBeUndefined();
  });

  it('lists sockets in the order in which they were opened', () => {
    const table = new SocketTable();
    const open = (id: number) => table.open({ id, processId: 1, protocol: 'tcp', family: 4, thread: 0 });
    const [one, two, three] = [open(1), open(2), open(3)];
    table.bind(three, { port: 5000, addresses: [] });
    table.bind(one, { port: 5000, addresses: [] });
    expect(table.list()).toEqual([one, two, three]);
  });

  it('looks at no other sockets while those of a thread are closed, even if one closes another', () => {
    const table = new SocketTable();
    const open = (id: number, thread: number) => table.open({ id, processId: 1, protocol: 'tcp', family: 4, thread });
    const [one, two] = [open(1, 7), open(2, 7)];
    const other = open(3, 8);
    const visited: number[] = [];
    for (const socket of table.ofThread(1, 7)) {
      visited.push(socket.id);
      table.close(one);
      table.close(two);
    }
    expect(visited).toEqual([1]);
    expect([...table.ofProcess(1)]).toEqual([other]);
  });
});
