// SPDX-License-Identifier: MIT
// Child processes for what may end a process, or needs one of its own; and what they leave on the machine.
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { onMachine, spawnNode } from '../../contract/ring.js';
import { fromJson } from '../json.mjs';

export interface NativeChild {
  /** The next line that it prints, as JSON. */
  next<Line>(): Promise<Line>;
  /** Ends the standard input, which some children wait for. */
  finish(): Promise<number | null>;
  kill(): Promise<number | null>;
  /** Its exit code; null when a signal ended it. */
  readonly exited: Promise<number | null>;
  readonly stderr: () => string;
}

/**
 * Handles that may come or go while others are counted, none of them the addon's: one is taken off for each thread, and a
 * thread of Windows' pool that never talked to the machine, as the one behind its timers, has none.
 */
export const handlesGiveOrTake = 2;

export interface ChildOptions {
  readonly elevated?: boolean;
  /** After this the child is killed. */
  readonly timeoutMs?: number;
}

/** Starts a script of the folder `children`. */
export function startNativeChild(
  script: string,
  args: readonly (string | number)[] = [],
  { elevated = true, timeoutMs = 60_000 }: ChildOptions = {},
): NativeChild {
  const file = path.join(path.dirname(fileURLToPath(import.meta.url)), 'children', script);
  const child = spawnNode(
    ['--expose-gc', file, ...args.map(String)],
    { WPR_ELEVATED: elevated ? '1' : '0' },
    { timeout: timeoutMs, killSignal: 'SIGKILL' },
  );
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.on('error', () => undefined);
  const exited = once(child, 'close').then(([code]) => code as number | null);
  return {
    exited,
    stderr: () => stderr,
    async next<Line>() {
      const line = await lines.next();
      if (line.done === true) throw new Error(`${script} ended with ${String(await exited)}: ${stderr}`);
      return fromJson(line.value) as Line;
    },
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

export interface Traces {
  readonly processes: number;
  readonly sockets: number;
  readonly reservations: number;
}

/** What the machine has now, seen from one place, so that two looks can be compared. */
export interface Before {
  readonly processIds: ReadonlySet<number>;
  readonly reservations: number;
}

export async function lookAtMachine(): Promise<Before> {
  const { processes, reservations } = await onMachine('save');
  return { processIds: new Set(processes.map(({ id }) => id)), reservations: reservations.length };
}

/** What processes that were started since have on the machine. */
export async function tracesSince({ processIds, reservations }: Before): Promise<Traces> {
  const saved = await onMachine('save');
  return {
    processes: saved.processes.filter(({ id }) => !processIds.has(id)).length,
    sockets: saved.sockets.filter(({ processId }) => !processIds.has(processId)).length,
    reservations: saved.reservations.length - reservations,
  };
}

/** The same, once the machine has noticed that the processes ended: their connections close a moment after them. */
export async function tracesLeftSince(before: Before): Promise<Traces> {
  for (let attempt = 0; attempt < 40; attempt += 1) {
    if ((await tracesSince(before)).processes === 0) break;
    await setTimeout(50);
  }
  return tracesSince(before);
}

export const acquireCall = 'WSAIoctl(SIO_ACQUIRE_PORT_RESERVATION)';

/** Takes back the delays of calls that were planned and never made, since their process or thread ended first. */
export async function forgetDelays(call: string): Promise<void> {
  while ((await onMachine('takeDelay', call)) > 0) continue;
}

export const noTraces: Traces = { processes: 0, sockets: 0, reservations: 0 };
