// SPDX-License-Identifier: MIT
// Plays a scenario with Node's own calls and with this package's, and compares what was seen.
import type { Socket as DgramSocket } from 'node:dgram';
import { once, type EventEmitter } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import type { ConnectOptions, ListenOptions, SocketOptions } from 'win-port-reservation';
import { readToEnd, savedMachine, spawnNode } from '../ring.js';
import { openWays, type Ways } from './ways.mjs';
import { fileURLToPath } from 'node:url';

export const host = '127.0.0.1';

type Closable = Server | Socket | DgramSocket;

/** What a scenario plays on: one way to open sockets, and a record of what is seen. */
export interface Stage extends Omit<Ways, 'name' | 'complaints' | 'close'> {
  /** Records an event. The events of one actor are compared in order; the order of two actors is left to chance. */
  readonly note: (actor: string, event: string, ...values: unknown[]) => void;
  /** Records every one of these events, without what comes with it. */
  readonly follow: (actor: string, emitter: EventEmitter, ...events: string[]) => void;
  /** Closes it at the end of the scenario, if it is open then. */
  readonly own: <Owned extends Closable>(owned: Owned) => Owned;
  /** Owns a server and waits until it listens. */
  readonly listening: (server: Server, options?: ListenOptions) => Promise<AddressInfo>;
  /** Owns a UDP socket and waits until it is bound. */
  readonly bound: (socket: DgramSocket, options?: SocketOptions) => Promise<AddressInfo>;
  /** Owns the socket that it connects. */
  readonly connected: (options: ConnectOptions) => Promise<Socket>;
  /** Takes what is thrown and not caught, which would end a process, from now to the end of the scenario; records it. */
  readonly noteUncaught: (take?: (error: Error) => void) => void;
}

export type Scenario = (stage: Stage) => Promise<void>;

/** What was seen, by actor. */
type Observation = Record<string, unknown[][]>;

/**
 * A test that plays a scenario both ways.
 *
 * @param about - Events without which the scenario has not shown what it is for.
 */
export function differential(name: string, about: readonly string[], scenario: Scenario, test: typeof it = it): void {
  // Some open 200 sockets, and the machine may be slow.
  test(name, { timeout: 180_000 }, async () => {
    const expected = await observe('node', scenario);
    expect(Object.values(expected).flatMap((events) => events.map(([event]) => event))).toEqual(
      expect.arrayContaining([...about]),
    );
    expect(await observe('reserved', scenario)).toEqual(expected);
  });
}

async function observe(way: string, scenario: Scenario): Promise<Observation> {
  const before = await socketsOfMachine();
  const ways = await openWays(way);
  const seen: Observation = {};
  const owned: Closable[] = [];
  const stage = stageOf(ways, seen, owned);
  try {
    await scenario(stage);
  } finally {
    for (const each of owned.reverse()) await close(each);
    process.setUncaughtExceptionCaptureCallback(null);
    await ways.close();
  }
  expect(ways.complaints).toEqual([]);
  // A socket leaves the machine when its handle is closed, which may come after the event 'close'.
  await expect.poll(socketsOfMachine).toBe(before);
  return seen;
}

function stageOf({ listen, bind, connect }: Ways, seen: Observation, owned: Closable[]): Stage {
  const note: Stage['note'] = (actor, event, ...values) => {
    (seen[actor] ??= []).push([event, ...values.map(plain)]);
  };
  const own: Stage['own'] = (closable) => {
    owned.push(closable);
    // A server is closed when its connections are.
    if ('getConnections' in closable) closable.on('connection', (socket: Socket) => owned.push(socket));
    return closable;
  };
  return {
    listen,
    bind,
    connect,
    note,
    own,
    follow: (actor, emitter, ...events) => {
      for (const event of events)
        emitter.on(event, () => {
          note(actor, event);
        });
    },
    listening: async (server, options) => {
      const listening = once(own(server), 'listening');
      listen(server, options);
      await listening;
      return server.address() as AddressInfo;
    },
    bound: async (socket, options) => {
      const listening = once(own(socket), 'listening');
      bind(socket, options);
      await listening;
      return socket.address();
    },
    connected: async (options) => own(await connect(options)),
    noteUncaught: (
      take = (error) => {
        note('process', 'uncaught', error);
      },
    ) => {
      process.setUncaughtExceptionCaptureCallback(take);
    },
  };
}

/** A value that can be compared: ports come from the system, and of an error its code is the same either way. */
function plain(value: unknown): unknown {
  if (value instanceof Error) return { error: 'code' in value ? value.code : value.message };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, entry]) => {
    const isPort = /port$/i.test(key) && typeof entry === 'number' && entry > 0;
    return [key, isPort ? 'a port' : plain(entry)];
  });
  return Object.fromEntries(entries);
}

async function close(closable: Closable): Promise<void> {
  const closed = once(closable, 'close');
  if ('destroy' in closable) {
    if (closable.closed) return;
    closable.on('error', () => undefined).destroy();
  } else if ('bind' in closable) {
    try {
      closable.close();
    } catch {
      return; // closed already
    }
  } else {
    if (!closable.listening) return;
    closable.close();
  }
  await closed;
}

/** How many sockets the machine knows; undefined on Windows, which does not tell. */
async function socketsOfMachine(): Promise<number | undefined> {
  return (await savedMachine())?.sockets.length;
}

/** Lets the event loop come round, for what should not happen to have its chance. */
export async function turns(count = 20): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await setImmediate();
}

/**
 * A test that runs a script of the folder `children` both ways, and compares what it prints and how it ends.
 *
 * @param about - Lines that it prints.
 */
export function differentialChild(name: string, about: readonly string[], script: string, ...args: string[]): void {
  const file = fileURLToPath(new URL(`children/${script}`, import.meta.url));
  const run = async (way: string): Promise<{ exitCode: unknown; lines: string[] }> => {
    const child = spawnNode([file, way, ...args], {});
    onTestFinished(() => void child.kill('SIGKILL'));
    child.stdin.end();
    const errors = readToEnd(child.stderr);
    const exited = once(child, 'exit') as Promise<[number | null]>;
    const [[exitCode], output] = await Promise.all([exited, readToEnd(child.stdout)]);
    const lines = output.trim().split(/\r?\n/);
    return { exitCode, lines: about.every((line) => lines.includes(line)) ? lines : [...lines, await errors] };
  };
  it(name, { timeout: 180_000 }, async () => {
    const expected = await run('node');
    expect(expected.lines).toEqual(expect.arrayContaining([...about]));
    expect(await run('reserved')).toEqual(expected);
  });
}
