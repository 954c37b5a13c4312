// SPDX-License-Identifier: MIT
import http from 'node:http';
import { afterEach, beforeEach, describe, expect } from 'vitest';
import * as calls from 'win-port-reservation';
import { ReservationSocket, errorCodes, listen } from 'win-port-reservation';
import { steeredIt } from './needs.js';
import { expectFailure, onMachine, ring } from './ring.js';

// Follows every error that the documentation of a call names, and one that it does not, from the number that Windows
// returns to the properties that users see.

const undocumented = 4321;

function codeOf(errorNumber: number): string {
  const found = Object.entries(errorCodes).find(([, row]) => row.errorNumber === errorNumber);
  return found?.[0] ?? `WIN32_ERROR_${errorNumber}`;
}

/**
 * Part of the text of Wine's FormatMessageW for the number; it has none for 10038, so the package's own text is shown.
 */
const systemText: Record<number, string> = {
  5: 'Access denied',
  32: 'Sharing violation',
  87: 'Invalid parameter',
  995: 'aborted',
  1168: 'Element not found',
  10013: 'Access denied',
  10038: 'The socket is gone',
};

/** The calls that say what is in the way. */
const namesTakers = [
  ['CreatePersistentTcpPortReservation', 32],
  ['CreatePersistentUdpPortReservation', 32],
  ['WSAIoctl(SIO_ACQUIRE_PORT_RESERVATION)', 10048],
  ['bind', 10013],
  ['bind', 10048],
];

function expectMessage(error: Error, call: string, errorNumber: number, about: string): void {
  const code = codeOf(errorNumber);
  const name = code.startsWith('WIN32_ERROR_') ? `error ${errorNumber}` : code;
  const start = `${call} ${name}: `;
  const end = ` [${about}]`;
  expect(error.message.slice(0, start.length)).toBe(start);
  const [text = '', ...rest] = error.message.slice(start.length).split(end);
  const isNamed = namesTakers.some(([name, number]) => name === call && number === errorNumber);
  expect(rest).toEqual([
    isNamed
      ? expect.stringMatching(/^ (No listed reservation overlaps|The block overlaps|No process is listed at) /)
      : '',
  ]);
  expect(text.length).toBeGreaterThan(5);
  if (ring === 'wine') expect(text).toContain(systemText[errorNumber] ?? '');
}

const persistentErrors = [5, 87, 32, 1168, undocumented];

describe.each(['Tcp', 'Udp'] as const)('persistent calls for %s', (name) => {
  const functions = {
    Create: calls[`createPersistent${name}PortReservation`],
    Delete: calls[`deletePersistent${name}PortReservation`],
    Lookup: calls[`lookupPersistent${name}PortReservation`],
  };

  describe.each(['Create', 'Delete', 'Lookup'] as const)('%s', (direction) => {
    steeredIt.each(persistentErrors)('tells of %i with symbol, call, block and hint', async (errorNumber) => {
      const call = `${direction}Persistent${name}PortReservation`;
      await onMachine('failNext', call, errorNumber);
      const error = await expectFailure(functions[direction](5000, 20), {
        code: codeOf(errorNumber) as never,
        errno: errorNumber,
        syscall: call,
        protocol: name === 'Tcp' ? 'tcp' : 'udp',
        startPort: 5000,
        numberOfPorts: 20,
      });
      expectMessage(error, call, errorNumber, `${name.toLowerCase()} 5000-5019`);
      expect(error.hint).toMatch(
        errorNumber === undocumented ? /: net helpmsg 4321$/ : /^(?!This package has no hint)/,
      );
    });
  });
});

const winsockErrors = [10013, 10022, 10038, 10045, 10048, 10050, 10014, 995, undocumented];

describe('calls on a socket', () => {
  let socket: ReservationSocket;

  beforeEach(async () => {
    socket = await ReservationSocket.open({ protocol: 'udp' });
  });
  afterEach(async () => {
    await socket.close();
  });

  const cases = {
    'WSAIoctl(SIO_ACQUIRE_PORT_RESERVATION)': {
      run: () => socket.acquirePortReservation({ startPort: 6000, numberOfPorts: 2 }),
      details: { protocol: 'udp', startPort: 6000, numberOfPorts: 2 },
      about: 'udp 6000-6001',
    },
    'WSAIoctl(SIO_ASSOCIATE_PORT_RESERVATION)': {
      run: () => socket.associatePortReservation(0xffff_ffff_ffff_ffffn),
      details: { protocol: 'udp', token: 0xffff_ffff_ffff_ffffn },
      about: 'udp token 18446744073709551615',
    },
    'WSAIoctl(SIO_RELEASE_PORT_RESERVATION)': {
      run: () => socket.releasePortReservation(77n),
      details: { protocol: 'udp', token: 77n },
      about: 'udp token 77',
    },
    bind: {
      run: () => socket.bind({ host: '127.0.0.1', port: 6000 }),
      details: { protocol: 'udp', startPort: 6000, host: '127.0.0.1' },
      about: 'udp 127.0.0.1:6000',
    },
  } as const;

  describe.each(Object.keys(cases) as (keyof typeof cases)[])('%s', (call) => {
    steeredIt.each(winsockErrors)('tells of %i with symbol, call and what it was about', async (errorNumber) => {
      const { run, details, about } = cases[call];
      await onMachine('failNext', call, errorNumber);
      const error = await expectFailure(run(), {
        code: codeOf(errorNumber) as never,
        errno: errorNumber,
        syscall: call,
        ...details,
      });
      expectMessage(error, call, errorNumber, about);
    });
  });

  steeredIt('work again after a failure', async () => {
    await onMachine('failNext', 'WSAIoctl(SIO_ACQUIRE_PORT_RESERVATION)', 10050);
    await expectFailure(socket.acquirePortReservation({ numberOfPorts: 1 }), { code: 'WSAENETDOWN' });
    const { token } = await socket.acquirePortReservation({ numberOfPorts: 1 });
    await socket.releasePortReservation(token);
  });
});

describe('listen', () => {
  steeredIt.each([
    ['WSAIoctl(SIO_ASSOCIATE_PORT_RESERVATION)', 10013],
    ['WSAIoctl(SIO_ASSOCIATE_PORT_RESERVATION)', 10050],
    ['bind', 10048],
    ['bind', 10014],
  ])('tells of %s with %i, and leaves neither server nor socket half open', async (call, errorNumber) => {
    const owner = await ReservationSocket.open({ protocol: 'tcp' });
    const { startPort, token } = await owner.acquirePortReservation({ numberOfPorts: 1 });
    const server = http.createServer();
    await onMachine('failNext', call, errorNumber);
    await expectFailure(listen(server, { protocol: 'tcp', token }, { port: startPort, host: '127.0.0.1' }), {
      code: codeOf(errorNumber) as never,
      errno: errorNumber,
      syscall: call,
      protocol: 'tcp',
      startPort,
      host: '127.0.0.1',
      token,
    });
    expect(server.listening).toBe(false);
    // The block's only port is free again, and the server can still be used.
    await listen(server, { protocol: 'tcp', token }, { port: startPort, host: '127.0.0.1' });
    server.close();
    await owner.close();
  });
});
