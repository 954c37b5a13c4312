// SPDX-License-Identifier: MIT
// Plays a scenario with Node's own calls and with this package's, and compares the recorded events.
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

/** Gives a scenario one way to open sockets, and records the events. */
export interface Stage extends Omit<Ways, 'name' | 'complaints' | 'close'> {
  /** Records an event. The events of one actor are compared in order; the order of two actors is left to chance. */
  readonly note: (actor: string, event: string, ...values: unknown[]) => void;
  /** Records these events by name, without their arguments. */
  readonly follow: (actor: string, emitter: EventEmitter, ...events: string[]) => void;
  /** Closes it at the end of the scenario if it is still open. */
  readonly own: <Owned extends Closable>(owned: Owned) => Owned;
  /** Owns a server and waits until it listens. */
  readonly listening: (server: Server, options?: ListenOptions) => Promise<AddressInfo>;
  /** Owns a UDP socket and waits until it is bound. */
  readonly bound: (socket: DgramSocket, options?: SocketOptions) => Promise<AddressInfo>;
  /** Connects a socket and owns it. */
  readonly connected: (options: ConnectOptions) => Promise<Socket>;
  /** Records errors that are not caught, which would end the process, from now to the end of the scenario. */
  readonly noteUncaught: (take?: (error: Error) => void) => void;
}

export type Scenario = (stage: Stage) => Promise<void>;

/** The recorded events, by actor. */
type Observation = Record<string, unknown[][]>;

/**
 * Defines a test that plays a scenario both ways.
 *
 * @param about - Events that must occur, because without them the scenario shows nothing.
 */
export function differential(name: string, about: readonly string[], scenario: Scenario, test: typeof it = it): void {
  test(name, async () => {
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
    // A server closes once its connections have closed.
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

/** Makes a value comparable: it replaces ports, which come from the system, and reduces an error to its code. */
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

/** Counts the sockets of the machine; undefined on Windows, which does not tell. */
async function socketsOfMachine(): Promise<number | undefined> {
  return (await savedMachine())?.sockets.length;
}

/** Lets the event loop turn, so that an event that should not happen could happen. */
export async function turns(count = 20): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await setImmediate();
}

/**
 * Defines a test that runs a script of the folder `children` both ways, and compares its output and exit.
 *
 * @param about - Lines that it must print.
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
  it(name, async () => {
    const expected = await run('node');
    expect(expected.lines).toEqual(expect.arrayContaining([...about]));
    expect(await run('reserved')).toEqual(expected);
  });
}
