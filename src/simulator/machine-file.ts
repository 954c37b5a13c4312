// SPDX-License-Identifier: MIT
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { isAlive, withFileLock } from './file-lock.js';
import type { MachineAccess } from './machine-access.js';
import { SimulatedWindows } from './machine.js';
import type { SimulatedProcess } from './process.js';
import type { SavedMachine } from './saved-machine.js';

/** What the file holds: the machine, and which process of the host each of its processes is. */
interface MachineFileContent {
  readonly machine: SavedMachine;
  readonly processIds: Readonly<Record<string, number>>;
}

/**
 * A machine that lives in a file, so that all processes that name the file are on the same machine, and the next run
 * finds the persistent reservations of the last. Threads of one process are one process on the machine too. What a
 * process held is freed by whoever comes next after it ended, however it ended.
 */
export class MachineFile implements MachineAccess {
  readonly #path: string;
  readonly #elevated: boolean;

  constructor(path: string, elevated: boolean) {
    this.#path = path;
    this.#elevated = elevated;
  }

  transact<Result>(work: (process: SimulatedProcess, machine: SimulatedWindows) => Result): Result {
    return this.#withMachine((machine, processIds) => {
      const id = processIds.get(process.pid);
      const known = id !== undefined && machine.isRunning(id);
      const simulated = known ? machine.process(id) : machine.startProcess({ elevated: this.#elevated });
      processIds.set(process.pid, simulated.id);
      return work(simulated, machine);
    });
  }

  /** Ends this process on the machine. */
  leave(): void {
    this.#withMachine((machine, processIds) => {
      endProcess(machine, processIds, process.pid);
    });
  }

  #withMachine<Result>(work: (machine: SimulatedWindows, processIds: Map<number, number>) => Result): Result {
    return withFileLock(`${this.#path}.lock`, () => {
      const before = existsSync(this.#path) ? readFileSync(this.#path, 'utf8') : '';
      const { machine, processIds } = decode(before, this.#path);
      for (const pid of processIds.keys()) {
        if (!isAlive(pid)) endProcess(machine, processIds, pid);
      }
      try {
        return work(machine, processIds);
      } finally {
        // Also after a refusal: a call that is refused may have used up a planned failure or a turn.
        const after = encode(machine, processIds);
        if (after !== before) replaceFile(this.#path, after);
      }
    });
  }
}

function endProcess(machine: SimulatedWindows, processIds: Map<number, number>, pid: number): void {
  const id = processIds.get(pid);
  processIds.delete(pid);
  if (id !== undefined && machine.isRunning(id)) machine.process(id).exit();
}

function decode(text: string, path: string): { machine: SimulatedWindows; processIds: Map<number, number> } {
  if (text === '') return { machine: new SimulatedWindows(), processIds: new Map() };
  try {
    const content = JSON.parse(text) as MachineFileContent;
    const processIds = Object.entries(content.processIds).map(([pid, id]) => [Number(pid), id] as const);
    return { machine: SimulatedWindows.restore(content.machine), processIds: new Map(processIds) };
  } catch (cause) {
    throw new Error(`${path} does not hold a simulated machine; delete it to start with a new one`, { cause });
  }
}

function encode(machine: SimulatedWindows, processIds: Map<number, number>): string {
  const content: MachineFileContent = { machine: machine.save(), processIds: Object.fromEntries(processIds) };
  return JSON.stringify(content);
}

/** In one step, so that a process killed half-way leaves the old machine rather than half of the new one. */
function replaceFile(path: string, content: string): void {
  const next = `${path}.next`;
  writeFileSync(next, content);
  renameSync(next, path);
}
