// SPDX-License-Identifier: MIT
// Gives the contract suite its machine, real or simulated, and other processes on it.
import { spawn, type ChildProcessWithoutNullStreams, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll, expect } from 'vitest';
import { MachineFile } from '../../dist/simulator/file/machine-file.js';
import type { SavedMachine, SimulatedWindows } from '../../dist/simulator/index.js';
import { isFreeOnHost } from '../../dist/simulator/ordinary-binds.js';
import {
  PortReservationError,
  type PortRange,
  type PortReservationErrorDetails,
  type Protocol,
} from 'win-port-reservation';
import { canRunNotElevated, notElevatedCommand } from '../windows/not-elevated/standard-user.mjs';
import { fromJson, toJson } from '../wine/json.mjs';

const { WPR_CONTROL_PORT: controlPort, WPR_AS_ON_WINDOWS: asOnWindows } = process.env;
// Without a connection to the machine, the suite does the same as on Windows.
const machineFile = asOnWindows === undefined ? process.env['WIN_PORT_RESERVATION_MACHINE'] : undefined;

/**
 * The target of the calls: the model directly; the model through the real addon, under Wine; or Windows through the
 * real addon, which tests can neither steer nor inspect. With `needs.ts`, tests say which of these they need.
 */
export const ring = controlPort !== undefined ? 'wine' : machineFile !== undefined ? 'simulated' : 'windows';

type Method = {
  [Name in keyof SimulatedWindows]: SimulatedWindows[Name] extends (...args: never) => unknown ? Name : never;
}[keyof SimulatedWindows];

/** Whether Wine answers the calls that are not the addon's. Its vitest config says so. */
export const isWine = process.env['WPR_WINE'] !== undefined;

/** Calls a method of the machine that all processes of the run share. Windows has no such methods: see `steeredIt`. */
export async function onMachine<Name extends Method>(
  method: Name,
  ...args: Parameters<SimulatedWindows[Name]>
): Promise<ReturnType<SimulatedWindows[Name]>> {
  const [result] = await onMachineInTurn([[method, ...args] as unknown as MachineCall]);
  return result as never;
}

/** A method of the machine and its arguments. */
export type MachineCall = { [Name in Method]: readonly [Name, ...Parameters<SimulatedWindows[Name]>] }[Method];

/** Calls several methods of the machine, on SimulatedWindows in one transaction, because each rewrites the machine's file. */
export async function onMachineInTurn(calls: readonly MachineCall[]): Promise<unknown[]> {
  if (machineFile !== undefined) {
    return new MachineFile(machineFile, true).transact((_, machine) =>
      calls.map(([method, ...args]) => (machine[method] as (...args: unknown[]) => unknown)(...args)),
    );
  }
  const results: unknown[] = [];
  for (const [method, ...args] of calls) {
    if (ring === 'windows') throw new Error(`no test can ask Windows for ${method}: this one must be a steeredIt`);
    results.push(await askMachineServer(method, args));
  }
  return results;
}

/**
 * Returns the whole state of the machine, to check that a call changed nothing; undefined on Windows, which does not
 * tell.
 */
export async function savedMachine(): Promise<SavedMachine | undefined> {
  return ring === 'windows' ? undefined : onMachine('save');
}

let control: { connection: net.Socket; lines: AsyncIterator<string> } | undefined;

/** Asks over one connection, because each new connection would be a bind of this process, which the machine sees. */
export async function askMachineServer(method: string, args: readonly unknown[]): Promise<unknown> {
  if (!control) {
    const connection = net.connect(Number(controlPort), '127.0.0.1');
    control = { connection, lines: createInterface({ input: connection })[Symbol.asyncIterator]() };
  }
  control.connection.write(`${toJson({ method, args })}\n`);
  const line = await control.lines.next();
  if (line.done === true) throw new Error('the machine server is gone');
  const reply = fromJson(line.value) as { result?: unknown; error?: string };
  if (reply.error !== undefined) throw new Error(reply.error);
  return reply.result;
}

/** Controls another process on the same machine. */
export interface Child {
  /** The lines that it prints. */
  readonly lines: AsyncIterableIterator<string>;
  /** The next line that it prints, as JSON. */
  next<Line = unknown>(): Promise<Line>;
  /** Its exit code, or null if it was killed. */
  readonly exited: Promise<number | null>;
  readonly stderr: () => string;
  /** Gives it a line on its standard input. */
  say(line: string): void;
  /** Ends the standard input, for which the children wait. */
  finish(): Promise<number | null>;
  kill(): Promise<number | null>;
}

/** Starts a script of the folder `children`, elevated as this process is unless its name says otherwise. */
export function startChild(script: string, ...args: (string | number | bigint)[]): Child {
  return startScript(fileURLToPath(new URL(`children/${script}`, import.meta.url)), ...args);
}

export function startScript(file: string, ...args: (string | number | bigint)[]): Child {
  const script = path.basename(file);
  return controlOf(spawnNodeAs(!script.startsWith('not-elevated'), ['--expose-gc', file, ...args.map(String)]), script);
}

/** @param end - With `close`, its output has ended too, which other processes may have. */
export function controlOf(
  child: ChildProcessWithoutNullStreams,
  script: string,
  end: 'exit' | 'close' = 'exit',
): Child {
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.on('error', () => undefined);
  const exited = once(child, end).then(([code]) => code as number | null);
  return {
    lines,
    exited,
    stderr: () => stderr,
    async next<Line>() {
      const line = await lines.next();
      if (line.done === true) throw new Error(`${script} ended with ${String(await exited)}: ${stderr}`);
      return fromJson(line.value) as Line;
    },
    say: (line) => void child.stdin.write(`${line}\n`),
    finish() {
      child.stdin.end();
      return exited;
    },
    kill() {
      child.kill('SIGKILL');
      return exited;
    },
  };
}

/**
 * Waits for all that a process prints. An iterator would close the pipe as soon as it has ended, while libuv still flushes
 * it in a thread: Wine's server dies of that, and every Windows process with it.
 */
export async function readToEnd(output: Readable): Promise<string> {
  let text = '';
  output.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  await once(output, 'end');
  return text;
}

/**
 * Starts a Node with pipes, and tries once more if that fails: Wine fails to start a process about once in a thousand
 * times.
 */
export function spawnNode(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  limits: Pick<SpawnOptions, 'timeout' | 'killSignal'> = {},
): ChildProcessWithoutNullStreams {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const options = { ...limits, stdio: 'pipe', windowsHide: true, env: { ...process.env, ...env } } as const;
      return spawn(process.execPath, args, options);
    } catch (error) {
      const isWines = isWine && error instanceof Error && error.message === 'spawn UNKNOWN';
      if (!isWines || attempt === 5) throw error;
    }
  }
}

/** Starts a Node that is elevated or not, regardless of this process. On Windows that takes an elevated process. */
export function spawnNodeAs(elevated: boolean, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const value = elevated ? '1' : '0';
  const command = !elevated && canRunNotElevated ? notElevatedCommand(args) : args;
  return spawnNode(command, { WIN_PORT_RESERVATION_ELEVATED: value, WPR_ELEVATED: value, ...env });
}

let binder: Child | undefined;

afterAll(async () => {
  await binder?.finish();
  binder = undefined;
});

/**
 * Returns the outcome of an ordinary bind of another process: `bound`, or the code of the error. One process serves all
 * tests of a file, because its start takes much longer than a bind.
 */
export async function bindElsewhere(protocol: Protocol, port: number): Promise<string> {
  binder ??= startChild('bind-on-request.mjs');
  binder.say(`${protocol} ${port}`);
  return binder.next<string>();
}

/** Returns the outcome of an ordinary bind of this process. */
export async function listenOrdinarily(port: number, host = '127.0.0.1'): Promise<net.Server> {
  const server = net.createServer();
  server.listen(port, host);
  await once(server, 'listening');
  return server;
}

export async function closeServer(server: net.Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  await closed;
}

/** The blocks that freeBlock gave to the tests of this file. */
export const givenBlocks: PortRange[] = [];

const protocols = ['tcp', 'udp'] as const;

// Runs at once on one host look in parts of their own, because each frees the ports that it finds until its test binds them.
const partSize = 4_500;
const part = !isWine ? 0 : process.arch === 'ia32' ? 3 : /^v2[04]\./.test(process.version) ? 1 : 2;
const firstOfPart = 11_000 + part * partSize;

/** Finds a block without bound sockets, below every dynamic range and above the ports that browsers refuse. */
export async function freeBlock(numberOfPorts: number): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const startPort = firstOfPart + Math.floor(Math.random() * (partSize - numberOfPorts));
    if (!(await isFree(startPort, numberOfPorts))) continue;
    givenBlocks.push({ startPort, numberOfPorts });
    return startPort;
  }
  throw new Error(`no ${numberOfPorts} consecutive ports are free`);
}

async function isFree(startPort: number, numberOfPorts: number): Promise<boolean> {
  const range = { startPort, numberOfPorts };
  if (machineFile !== undefined) return isFreeOnSimulated(machineFile, range);
  // Windows Node starts 32 calls for each server that listens, which take Wine a hundredth of a second.
  if (ring === 'wine') {
    const answers = await Promise.all(protocols.map((protocol) => askMachineServer('isFreeOnHost', [protocol, range])));
    return answers.every((isFree) => isFree === true);
  }
  const servers: net.Server[] = [];
  try {
    for (let port = startPort; port < startPort + numberOfPorts; port += 1) {
      servers.push(await listenOrdinarily(port, '0.0.0.0'));
    }
    return true;
  } catch {
    return false;
  } finally {
    await Promise.all(servers.map(closeServer));
  }
}

/** Tells the same at less cost than through a bind of the machine for each port, and also for UDP. */
function isFreeOnSimulated(file: string, range: PortRange): boolean {
  return protocols.every((protocol) => {
    const block = { protocol, ...range };
    const isFreeOnMachine = new MachineFile(file, true).transact((_, machine) => {
      try {
        machine.addForeignReservation(block);
      } catch {
        return false;
      }
      machine.deleteForeignReservation(block);
      return true;
    });
    return isFreeOnMachine && isFreeOnHost(protocol, range);
  });
}

/** Returns the error number of Windows that a call ends with, or 0 if it succeeds. */
export async function outcomeOf(call: Promise<unknown>): Promise<number | undefined> {
  try {
    await call;
    return 0;
  } catch (error) {
    if (error instanceof PortReservationError) return error.errno;
    throw error;
  }
}

/** Waits for a promise to be rejected with a PortReservationError that has these properties. */
export async function expectFailure(
  promise: Promise<unknown>,
  details: Partial<PortReservationErrorDetails>,
): Promise<PortReservationError> {
  const error: unknown = await promise.then(
    (value) => {
      throw new Error(`expected ${String(details.code)}, but the call succeeded: ${String(value)}`);
    },
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(PortReservationError);
  expect(error).toMatchObject(details);
  return error as PortReservationError;
}

/** The command that the package tells people to run, from any folder. */
export function packageCommand(words: string): string {
  const node = /^[\w:.\\/-]+$/.test(process.execPath) ? process.execPath : 'node';
  return `${node} "${fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))}" ${words}`;
}
