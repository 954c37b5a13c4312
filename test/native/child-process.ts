// SPDX-License-Identifier: MIT
// Runs child processes for tests that may end a process, or need a process of their own, and shows what they leave on
// the machine.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { askMachineServer, controlOf, onMachine, spawnNode, type Child } from '../contract/ring.js';
import { hangLimitMs } from '../shared/time-limits.mjs';

export { handlesGiveOrTake } from './children/handles.mjs';

/** Starts a script of the folder `children`. */
export function startNativeChild(
  script: string,
  args: readonly (string | number)[] = [],
  {
    elevated = true,
    flags = ['--expose-gc'],
  }: { readonly elevated?: boolean; readonly flags?: readonly string[] } = {},
): Child {
  const file = path.join(path.dirname(fileURLToPath(import.meta.url)), 'children', script);
  const child = spawnNode(
    [...flags, file, ...args.map(String)],
    { WPR_ELEVATED: elevated ? '1' : '0' },
    { timeout: hangLimitMs, killSignal: 'SIGKILL' },
  );
  return controlOf(child, script, 'close');
}

export interface Traces {
  readonly processes: number;
  readonly sockets: number;
  readonly reservations: number;
}

/** Returns the state of the machine in a form that can be compared. */
export interface Before {
  readonly processIds: ReadonlySet<number>;
  readonly reservations: number;
}

export async function lookAtMachine(): Promise<Before> {
  const { processes, reservations } = await onMachine('save');
  return { processIds: new Set(processes.map(({ id }) => id)), reservations: reservations.length };
}

/** Returns what processes that were started since have on the machine. */
export async function tracesSince({ processIds, reservations }: Before): Promise<Traces> {
  const saved = await onMachine('save');
  return {
    processes: saved.processes.filter(({ id }) => !processIds.has(id)).length,
    sockets: saved.sockets.filter(({ processId }) => !processIds.has(processId)).length,
    reservations: saved.reservations.length - reservations,
  };
}

/** Returns the same after the machine has noticed the end of the processes, whose connections close a moment later. */
export async function tracesLeftSince(before: Before): Promise<Traces> {
  await expect.poll(async () => (await tracesSince(before)).processes).toBe(0);
  return tracesSince(before);
}

export const acquireCall = 'WSAIoctl(SIO_ACQUIRE_PORT_RESERVATION)';

/** Holds the next calls of a name in Windows, until they are let go. */
export async function holdNext(call: string, count = 1): Promise<void> {
  await askMachineServer('holdNext', [call, count]);
}

/** Waits until so many calls are held. */
export async function expectHeld(count: number): Promise<void> {
  await expect.poll(() => askMachineServer('countHeld', [])).toBe(count);
}

export async function letGo(): Promise<void> {
  await askMachineServer('letGo', []);
}

export const noTraces: Traces = { processes: 0, sockets: 0, reservations: 0 };
