// SPDX-License-Identifier: MIT
import { afterEach, describe, expect, it } from 'vitest';
import {
  PersistentPortReservation,
  PersistentPortReservationPair,
  ReservationSocket,
  RuntimePortReservation,
  RuntimePortReservationPair,
} from 'win-port-reservation';
import { deleteLeftPersistentReservations } from './leftovers.js';
import { elevatedIt } from './needs.js';
import { freeBlock } from './ring.js';

const parsed = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

function jsonOf({ protocol, startPort, numberOfPorts, token }: RuntimePortReservation | PersistentPortReservation) {
  return { protocol, startPort, numberOfPorts, token: String(token), reserved: true };
}

describe('in JSON, with its token as a decimal string,', () => {
  afterEach(deleteLeftPersistentReservations);

  it('is a runtime reservation', async () => {
    const reservation = await RuntimePortReservation.acquire({ protocol: 'udp', numberOfPorts: 2 });
    expect(parsed(reservation)).toEqual({ ...jsonOf(reservation), processId: process.pid });
    expect(structuredClone(reservation)).toMatchObject({ token: reservation.token });
    await reservation.release();
  });

  it('is a pair of runtime reservations', async () => {
    const pair = await RuntimePortReservationPair.acquire({ numberOfPorts: 1 });
    const { tcp, udp, startPort } = pair;
    expect(parsed([pair])).toEqual([
      {
        tcp: { ...jsonOf(tcp), processId: process.pid },
        udp: { ...jsonOf(udp), processId: process.pid },
        startPort,
        numberOfPorts: 1,
      },
    ]);
    await pair.release();
  });

  elevatedIt('is a persistent reservation, and a pair of them', async () => {
    const block = { protocol: 'tcp', startPort: await freeBlock(2), numberOfPorts: 2 } as const;
    const reservation = await PersistentPortReservation.create(block);
    expect(parsed(reservation)).toEqual(jsonOf(reservation));
    const range = { startPort: await freeBlock(2), numberOfPorts: 2 };
    const pair = await PersistentPortReservationPair.create(range);
    expect(parsed(pair)).toEqual({ ...range, tcp: jsonOf(pair.tcp), udp: jsonOf(pair.udp) });
  });

  it('is a block of a ReservationSocket, which stays a plain object', async () => {
    const socket = await ReservationSocket.open({ protocol: 'tcp' });
    const block = await socket.acquirePortReservation({ numberOfPorts: 1 });
    expect(parsed({ block })).toEqual({ block: { ...block, token: String(block.token) } });
    expect(structuredClone(block)).toEqual({ ...block });
    expect(Object.keys(block)).toEqual(['protocol', 'startPort', 'numberOfPorts', 'token']);
    expect(parsed(socket)).toEqual({ protocol: 'tcp', family: 4 });
    await socket.close();
  });
});
