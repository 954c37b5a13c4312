// SPDX-License-Identifier: MIT
import type { CallFailure } from '../common/errors.js';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { errorCodes } from '../common/error-codes.js';
import { hostProcess } from './host-process.js';
import type { ProcessOptions } from './model/machine-processes.js';
import type { SimulatedWindows } from './model/machine.js';
import type { SimulatedProcess } from './model/process.js';
import { Refusal, unlessRefused } from './model/refusal.js';
import type { SavedMachine } from './model/saved-machine.js';

/** Tells another thread how to reach the machine of this process: by its file, or by a copy of a machine in memory. */
export type SharedMachine =
  { readonly file: string; readonly elevated: boolean } | { readonly saved: SavedMachine; readonly processId: number };

/** Reaches the machine that this process runs on, which may be in memory or in a file that other processes use too. */
export interface MachineAccess {
  /** Does `work` while no other process uses the machine. It lets a Refusal from `work` through. */
  transact<Result>(work: (process: SimulatedProcess, machine: SimulatedWindows) => Result): Result;
  /**
   * Does work that must be done but that no caller waits for, for instance when a handle is closed. It never throws: a
   * refusal means that nothing is left to do, and work that cannot be done now is done as soon as possible.
   */
  settle(work: (process: SimulatedProcess) => void): void;
  /** Ends the process of the host that is this process of the machine, if there is one. Only during a transaction. */
  killOnHost(processId: number): void;
  /** Starts a program of the host as an elevated process of the machine; returns its id. Only during a transaction. */
  startElevated(machine: SimulatedWindows, file: string, parameters: string, folder: string): number;
  /** Returns the data with which another thread of this process becomes the same process on the machine. */
  share(): SharedMachine;
}

type ProcessIdentity = Omit<ProcessOptions, 'elevated'>;

/** Of a machine in memory: no other process of the host is on it, and none can come. */
export const alone: Pick<MachineAccess, 'killOnHost' | 'startElevated'> = {
  killOnHost: () => undefined,
  startElevated() {
    throw new Refusal(errorCodes.ERROR_CANCELLED.errorNumber);
  },
};

/**
 * Reaches a machine in the memory of this process. After a restart of the machine, the process counts as a new process.
 */
export class MemoryAccess implements MachineAccess {
  readonly #machine: SimulatedWindows;
  readonly #options: ProcessOptions;
  #process: SimulatedProcess;
  #ended = false;
  readonly killOnHost = alone.killOnHost;
  readonly startElevated = alone.startElevated;

  /** @param identity - The pid and name of the process on the machine. */
  constructor(machine: SimulatedWindows, elevated: boolean, identity: ProcessIdentity = hostProcess()) {
    this.#machine = machine;
    this.#options = { elevated, ...identity };
    this.#process = machine.startProcess(this.#options);
  }

  transact<Result>(work: (process: SimulatedProcess, machine: SimulatedWindows) => Result): Result {
    if (this.#ended) throw new Refusal(errorCodes.WSAENOTSOCK.errorNumber);
    if (!this.#machine.isRunning(this.#process.id)) {
      this.#process = this.#machine.startProcess(this.#options);
    }
    return work(this.#process, this.#machine);
  }

  settle(work: (process: SimulatedProcess) => void): void {
    unlessRefused(() => {
      this.transact(work);
    });
  }

  share(): SharedMachine {
    return this.transact(({ id }, machine) => ({ saved: machine.save(), processId: id }));
  }

  /** Ends the process on the machine for good. */
  exit(): void {
    this.#ended = true;
    if (this.#machine.isRunning(this.#process.id)) this.#process.exit();
  }
}

/**
 * Performs one call of Windows asynchronously, as the thread pool would, with the delay or failure that a test planned
 * for it.
 */
export async function perform<Result>(
  access: MachineAccess,
  call: string,
  work: (process: SimulatedProcess, machine: SimulatedWindows) => Result,
): Promise<Result | CallFailure> {
  const run = (process: SimulatedProcess, machine: SimulatedWindows): Result => {
    const planned = machine.takeFailure(call);
    if (planned !== undefined) throw new Refusal(planned);
    return work(process, machine);
  };
  await setImmediate();
  try {
    const first = access.transact((process, machine) => {
      const delay = machine.takeDelay(call);
      return delay > 0 ? { delay } : { result: run(process, machine) };
    });
    if ('result' in first) return first.result;
    await setTimeout(first.delay);
    return access.transact(run);
  } catch (error) {
    if (error instanceof Refusal) return { call, errorNumber: error.errorNumber };
    throw error;
  }
}
