// SPDX-License-Identifier: MIT
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isAlive, withFileLock } from './file-lock.js';
import { hostProcess, type MachineAccess } from './machine-access.js';
import { SimulatedWindows } from './machine.js';
import type { SimulatedProcess } from './process.js';
import type { SavedMachine } from './saved-machine.js';
import type { SharedMachine } from './shared-machine.js';

/** What the file holds: the machine, and which process of the host each of its processes is. */
interface MachineFileContent {
  readonly machine: SavedMachine;
  readonly processes: readonly HostProcess[];
}

interface HostProcess {
  readonly pid: number;
  /** When it was started, as the system counts: another process may have the same pid later. */
  readonly started: string;
  /** Its id on the machine. */
  readonly id: number;
}

/**
 * A machine that lives in a file, so that all processes that name the file are on the same machine, and the next run
 * finds the persistent reservations of the last. Threads of one process are one process on the machine too. What a
 * process held is freed by whoever comes next after it ended, however it ended.
 */
export class MachineFile implements MachineAccess {
  readonly #file: string;
  readonly #elevated: boolean;

  constructor(file: string, elevated: boolean) {
    this.#file = path.resolve(file);
    this.#elevated = elevated;
  }

  transact<Result>(work: (process: SimulatedProcess, machine: SimulatedWindows) => Result): Result {
    return this.#withMachine((machine, processes) => {
      const own = processes.get(process.pid);
      if (own && machine.isRunning(own.id)) return work(machine.process(own.id), machine);
      const { pid } = process;
      const simulated = machine.startProcess({ elevated: this.#elevated, ...hostProcess() });
      processes.set(pid, { pid, started: startOf(pid), id: simulated.id });
      return work(simulated, machine);
    });
  }

  share(): SharedMachine {
    return { file: this.#file, elevated: this.#elevated };
  }

  /** Ends this process on the machine. */
  leave(): void {
    this.#withMachine((machine, processes) => {
      endProcess(machine, processes, process.pid);
    });
  }

  #withMachine<Result>(work: (machine: SimulatedWindows, processes: Map<number, HostProcess>) => Result): Result {
    mkdirSync(path.dirname(this.#file), { recursive: true });
    return withFileLock(`${this.#file}.lock`, () => {
      const before = existsSync(this.#file) ? readFileSync(this.#file, 'utf8') : '';
      const { machine, processes } = decode(before, this.#file);
      for (const { pid, started } of processes.values()) {
        if (!isAlive(pid) || startOf(pid) !== started) endProcess(machine, processes, pid);
      }
      try {
        return work(machine, processes);
      } finally {
        // Also after a refusal: a call that is refused may have used up a planned failure or a turn.
        const after = encode(machine, processes);
        if (after !== before) replaceFile(this.#file, after);
      }
    });
  }
}

function endProcess(machine: SimulatedWindows, processes: Map<number, HostProcess>, pid: number): void {
  const ended = processes.get(pid);
  processes.delete(pid);
  if (ended && machine.isRunning(ended.id)) machine.process(ended.id).exit();
}

/** When a process was started, in ticks since the host was; empty where only Linux would know. */
function startOf(pid: number): string {
  try {
    // After the name of the program, which is in parentheses and may hold any character, it is the 20th field.
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function decode(text: string, file: string): { machine: SimulatedWindows; processes: Map<number, HostProcess> } {
  if (text === '') return { machine: new SimulatedWindows(), processes: new Map() };
  try {
    const content = JSON.parse(text) as MachineFileContent;
    const processes = content.processes.map((entry) => [entry.pid, entry] as const);
    return { machine: SimulatedWindows.restore(content.machine), processes: new Map(processes) };
  } catch (cause) {
    throw new Error(`${file} does not hold a simulated machine; delete it to start with a new one`, { cause });
  }
}

function encode(machine: SimulatedWindows, processes: Map<number, HostProcess>): string {
  const content: MachineFileContent = { machine: machine.save(), processes: [...processes.values()] };
  return JSON.stringify(content);
}

/** In one step, so that a process killed half-way leaves the old machine rather than half of the new one. */
function replaceFile(file: string, content: string): void {
  const next = `${file}.next`;
  writeFileSync(next, content);
  renameSync(next, file);
}
