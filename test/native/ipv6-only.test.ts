// SPDX-License-Identifier: MIT
import http from 'node:http';
import { beforeEach, expect, it } from 'vitest';
import { errorCodes, listen, ReservationSocket } from 'win-port-reservation';
import { askMachineServer, closeServer, onMachine } from '../contract/ring.js';

// Windows opens IPv6 sockets with IPV6_V6ONLY on.

const option = 'setsockopt(IPV6_V6ONLY)';
const acquire = 'WSAIoctl(SIO_ACQUIRE_PORT_RESERVATION)';
const [off, on] = ['00000000', '01000000'];

/** Returns the calls with these names since the last look, in order. */
async function takeCalls(...names: string[]): Promise<[call: string, bytes: string][]> {
  const recorded = (await askMachineServer('takeCalls', [])) as { call: string; bytes: string }[];
  return recorded.filter(({ call }) => names.includes(call)).map(({ call, bytes }) => [call, bytes]);
}

beforeEach(async () => {
  await askMachineServer('takeCalls', []);
});

it('is off on a socket that acquires a block', async () => {
  const owner = await ReservationSocket.open({ protocol: 'tcp', family: 6 });
  await owner.acquirePortReservation({ numberOfPorts: 1 });
  expect((await takeCalls(option, acquire)).map(([call, bytes]) => (call === option ? bytes : call))).toEqual([
    off,
    acquire,
  ]);
  await owner.close();
});

it('is set as the bind asks', async () => {
  for (const ipv6Only of [true, false]) {
    const socket = await ReservationSocket.open({ protocol: 'udp', family: 6 });
    await socket.bind({ host: '::1', ipv6Only });
    await socket.close();
  }
  expect(await takeCalls(option)).toEqual([off, on, off, off].map((bytes) => [option, bytes]));
});

it('may fail to be set, as without IPv4: the server still listens on IPv6', async () => {
  const owner = await ReservationSocket.open({ protocol: 'tcp', family: 6 });
  const { token } = await owner.acquirePortReservation({ numberOfPorts: 1 });
  await onMachine('failNext', option, errorCodes.WSAEINVAL.errorNumber, 2);
  const server = http.createServer();
  expect(await listen(server, { protocol: 'tcp', token })).toMatchObject({ address: '::', family: 'IPv6' });
  await closeServer(server);
  await owner.close();
});
