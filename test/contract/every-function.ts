// SPDX-License-Identifier: MIT
// Lists every public function that takes something of the caller, with valid arguments, so that one test checks them all.
import dgram from 'node:dgram';
import net from 'node:net';
import { installBinding } from '../../dist/windows/binding.js';
import type { NativeBinding } from '../../dist/windows/native-binding.js';
import * as api from 'win-port-reservation';

/** A call of a public function, with valid arguments. None of the calls is made on this machine: see `refuseAll`. */
export interface PublicCall {
  readonly call: (...args: never[]) => unknown;
  readonly args: readonly unknown[];
  /** The fields that any value fits, because the function passes the value on or looks only for one of a kind. */
  readonly open?: readonly string[];
  /** Whether the outcome depends on the calls before. */
  readonly isStateful?: boolean;
}

const { signal } = new AbortController();
const host = '127.0.0.1';
const block = { protocol: 'tcp', startPort: 20_100, numberOfPorts: 2 } as const;
const range = { startPort: 20_100, numberOfPorts: 2 };
const portable = { portable: false };
const reservation = { ...block, token: 1n, processId: process.pid, reserved: true };
const listening = { port: 20_100, host, ipv6Only: false, backlog: 5, signal };
const { PersistentPortReservation: One, PersistentPortReservationPair: Pair } = api;
const { RuntimePortReservation: Runtime, RuntimePortReservationPair: RuntimePair, ReservationSocket } = api;

async function bindSocket(...args: [never, never]): Promise<unknown> {
  const socket = dgram.createSocket('udp4');
  try {
    return await api.bind(socket, ...args);
  } finally {
    socket.close();
  }
}

const persistentCalls = Object.fromEntries(
  (['Tcp', 'Udp'] as const).flatMap((protocol) =>
    (['create', 'delete', 'lookup'] as const).map((verb) => {
      const name = `${verb}Persistent${protocol}PortReservation` as const;
      return [name, { call: api[name], args: [20_100, 2] }];
    }),
  ),
);

/** By the name of the export, and for a class of each function that takes something. */
export const publicCalls = (socket: api.ReservationSocket): Readonly<Record<string, PublicCall>> => ({
  ...persistentCalls,
  addExcludedPortRange: { call: api.addExcludedPortRange, args: [block, { family: 4 }] },
  bind: {
    call: bindSocket,
    args: [
      { ...reservation, protocol: 'udp' },
      { port: 20_100, host, signal },
    ],
  },
  checkMachine: { call: api.checkMachine, args: [{ ports: [20_100] }] },
  connect: {
    call: api.connect,
    args: [
      reservation,
      {
        ...{ port: 20_100, host, localPort: 20_100, localAddress: host, family: 4, noDelay: true, keepAlive: true },
        ...{ keepAliveInitialDelay: 5, allowHalfOpen: true, timeout: 1000, signal },
      },
    ],
  },
  deleteExcludedPortRange: { call: api.deleteExcludedPortRange, args: [block, { family: 4 }] },
  explainListenError: {
    call: api.explainListenError,
    args: [{ code: 'EACCES', syscall: 'bind', port: 20_100, address: host, stack: 'Error: bind EACCES' }],
    open: ['address', 'stack'],
  },
  explainPort: { call: api.explainPort, args: [{ protocol: 'tcp', port: 20_100, host }] },
  findFreePorts: {
    call: api.findFreePorts,
    args: [
      {
        ...{ protocol: 'tcp', numberOfPorts: 1, fromPort: 20_100, toPort: 20_200, ports: [20_150], exclude: [20_151] },
        ...{ browserSafe: true, host, hold: false, signal, portable: false },
      },
    ],
  },
  freePort: {
    call: api.freePort,
    args: [{ protocol: 'tcp', port: 20_100, tree: false, stopServices: false, signal }],
  },
  getDynamicPortRange: { call: api.getDynamicPortRange, args: [{ protocol: 'tcp', family: 4 }] },
  listExcludedPortRanges: {
    call: api.listExcludedPortRanges,
    args: [{ protocol: 'tcp', family: 4, store: 'active' }],
  },
  listPortOwners: {
    call: api.listPortOwners,
    args: [{ protocol: 'tcp', port: 20_100, processId: 1, details: true }],
  },
  listen: {
    call: (...args: [never, never]) => api.listen(net.createServer(), ...args),
    args: [reservation, listening],
  },
  listenOnEach: {
    call: (...args: [never, never]) => api.listenOnEach([net.createServer()], ...args),
    args: [reservation, listening],
  },
  parseExcludedPortRanges: { call: api.parseExcludedPortRanges, args: ['', 'tcp'] },
  'PersistentPortReservation.create': { call: One.create.bind(One), args: [block] },
  'PersistentPortReservation.lookup': { call: One.lookup.bind(One), args: [block] },
  'PersistentPortReservation.ensure': { call: One.ensure.bind(One), args: [block, portable] },
  'PersistentPortReservationPair.create': { call: Pair.create.bind(Pair), args: [range] },
  'PersistentPortReservationPair.lookup': { call: Pair.lookup.bind(Pair), args: [range] },
  'PersistentPortReservationPair.ensure': { call: Pair.ensure.bind(Pair), args: [range, portable] },
  PortReservationError: {
    call: (message, details) => new api.PortReservationError(message, details),
    args: [
      'message',
      {
        ...{ code: 'WSAEACCES', errno: 10_013, syscall: 'bind', ...block, token: 1n, host, serviceName: 'winnat' },
        ...{ processId: 4, blocks: [], hint: 'hint', cause: 'cause' },
      },
    ],
    open: ['cause'],
  },
  protectPorts: {
    call: api.protectPorts,
    args: [block, { stopWinNat: false, shutDownWsl: true, signal, onStep: () => undefined }],
  },
  'ReservationSocket.open': {
    call: ReservationSocket.open.bind(ReservationSocket),
    args: [{ protocol: 'tcp', family: 4 }],
  },
  'ReservationSocket.acquirePortReservation': {
    call: socket.acquirePortReservation.bind(socket),
    isStateful: true,
    args: [range],
  },
  'ReservationSocket.associatePortReservation': {
    call: socket.associatePortReservation.bind(socket),
    args: [1n],
  },
  'ReservationSocket.bind': {
    call: socket.bind.bind(socket),
    isStateful: true,
    args: [{ port: 20_100, host, ipv6Only: false }],
  },
  'ReservationSocket.releasePortReservation': {
    call: socket.releasePortReservation.bind(socket),
    args: [1n],
  },
  'RuntimePortReservation.acquire': { call: Runtime.acquire.bind(Runtime), args: [{ ...block, ...portable }] },
  'RuntimePortReservationPair.acquire': {
    call: RuntimePair.acquire.bind(RuntimePair),
    args: [{ ...range, ...portable }],
  },
  unprotectPorts: { call: api.unprotectPorts, args: [block, { force: false }] },
});

/** Puts a Windows in front that refuses every call with ERROR_ACCESS_DENIED; returns the function that removes it. */
export function refuseAll(): () => void {
  const answers: Record<string, unknown> = {
    formatMessage: () => '',
    isElevated: () => false,
    describeProcesses: () => Promise.resolve([]),
  };
  const binding = new Proxy(answers, {
    get: (_, name: string) => {
      // With a function `then` it would pass for a promise.
      if (name === 'then') return undefined;
      return answers[name] ?? (() => Promise.resolve({ call: name, errorNumber: 5 }));
    },
  });
  const refuse = () => Promise.reject(new Error('netsh and the tools are refused'));
  return installBinding(binding as unknown as NativeBinding, refuse, { runTool: refuse });
}
