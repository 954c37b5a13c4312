// SPDX-License-Identifier: MIT
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { takeFileLock } from './file-lock.js';
import { isRunning, startOf } from './lock-owner.js';
import { hostProcess } from '../host-process.js';
import type { MachineAccess, SharedMachine } from '../machine-access.js';
import type { SimulatedWindows } from '../model/machine.js';
import { forgetWarnings, isMachineFileError, machineFileError, warnOfMachineFile } from './machine-file-error.js';
import { removeLeftovers } from './machine-file-content.js';
import { type HostProcess, MachineLog } from './machine-log.js';
import type { SimulatedProcess } from '../model/process.js';
import { startElevated } from './start-elevated.js';
import { unlessRefused } from '../model/refusal.js';

/**
 * Reaches a machine that lives in a file. All processes that name the file are on the same machine, and the next run
 * finds the persistent reservations of the last. The threads of a process are one process on the machine too. After a
 * process ends, no matter how, the next process that uses the file frees its ports.
 */
export class MachineFile implements MachineAccess {
  readonly #file: string;
  readonly #log: MachineLog;
  readonly #elevated: boolean;
  /** Work that no caller waits for and that this thread could not do on the machine yet. */
  #owed: ((process: SimulatedProcess) => void)[] = [];
  /** The processes of the current transaction. */
  #processes = new Map<number, HostProcess>();

  constructor(file: string, elevated: boolean) {
    this.#file = path.resolve(file);
    this.#log = new MachineLog(this.#file);
    this.#elevated = elevated;
  }

  transact<Result>(work: (process: SimulatedProcess, machine: SimulatedWindows) => Result): Result {
    return this.#withMachine((machine, processes) => {
      const simulated = this.#join(machine, processes);
      for (const owed of this.#owed) {
        unlessRefused(() => {
          owed(simulated);
        });
      }
      return work(simulated, machine);
    });
  }

  #join(machine: SimulatedWindows, processes: Map<number, HostProcess>): SimulatedProcess {
    const { pid } = process;
    const own = processes.get(pid);
    if (own && machine.isRunning(own.id)) return machine.process(own.id);
    const started = machine.startProcess({ elevated: this.#elevated, ...hostProcess() });
    processes.set(pid, { pid, started: startOf(pid) ?? '', id: started.id });
    return started;
  }

  settle(work: (process: SimulatedProcess) => void): void {
    this.#owed.push(work);
    try {
      this.transact(() => undefined);
    } catch (error) {
      if (!isMachineFileError(error)) throw error;
      warnOfMachineFile(error);
    }
  }

  killOnHost(processId: number): void {
    if (!this.#processes.delete(processId)) return;
    try {
      process.kill(processId, 'SIGKILL');
    } catch {
      // It has just ended, or belongs to another user of the host.
    }
  }

  startElevated(machine: SimulatedWindows, file: string, parameters: string, folder: string): number {
    const pid = startElevated(this.#file, file, parameters, folder);
    const { id } = machine.startProcess({
      processId: pid,
      parentProcessId: process.pid,
      executable: file,
      commandLine: `"${file}" ${parameters}`,
      workingDirectory: folder,
    });
    this.#processes.set(pid, { pid, started: startOf(pid) ?? '', id });
    return pid;
  }

  share(): SharedMachine {
    return { file: this.#file, elevated: this.#elevated };
  }

  /**
   * Ends an earlier process that had this process's pid, and removes files that killed processes left beside the
   * machine's file.
   */
  enter(): void {
    this.#withMachine((machine, processes) => {
      removeLeftovers(this.#file);
      const { pid } = process;
      // Another process may have put this one on the machine already.
      if (processes.get(pid)?.started !== startOf(pid)) endProcess(machine, processes, pid);
    });
  }

  /** Ends this process on the machine. */
  leave(): void {
    this.#withMachine((machine, processes) => {
      endProcess(machine, processes, process.pid);
    });
  }

  /** Does work on the machine, of which this process need not be one. */
  visit<Result>(work: (machine: SimulatedWindows) => Result): Result {
    return this.#withMachine(work);
  }

  /** Removes the machine, whatever the file holds. The next process on it makes a new one. */
  reset(): void {
    const release = this.#takeLock();
    try {
      this.#attempt(() => {
        rmSync(this.#file, { force: true });
      });
    } finally {
      release();
    }
  }

  #takeLock(): () => void {
    return this.#attempt(() => {
      mkdirSync(path.dirname(this.#file), { recursive: true, mode: 0o700 });
      return takeFileLock(`${this.#file}.lock`);
    });
  }

  #withMachine<Result>(work: (machine: SimulatedWindows, processes: Map<number, HostProcess>) => Result): Result {
    const release = this.#takeLock();
    try {
      const { machine, processes } = this.#attempt(() => this.#log.open());
      this.#processes = processes;
      for (const { pid, started } of processes.values()) {
        if (!isRunning(pid, started)) endProcess(machine, processes, pid);
      }
      const keep = (): void => {
        this.#attempt(() => {
          this.#log.save();
        });
        this.#owed = [];
        forgetWarnings();
      };
      let result: Result;
      try {
        result = work(machine, processes);
      } catch (refusal) {
        this.#keepAfterRefusal(keep);
        throw refusal;
      }
      keep();
      return result;
    } finally {
      this.#log.close();
      release();
    }
  }

  /**
   * Saves the machine after a refused call, which may have used up a planned failure or a turn. The call still ends
   * with the refusal, even if saving fails.
   */
  #keepAfterRefusal(keep: () => void): void {
    try {
      keep();
    } catch (error) {
      if (!isMachineFileError(error)) throw error;
      warnOfMachineFile(error);
    }
  }

  #attempt<Result>(step: () => Result): Result {
    try {
      return step();
    } catch (cause) {
      throw machineFileError(this.#file, cause);
    }
  }
}

function endProcess(machine: SimulatedWindows, processes: Map<number, HostProcess>, pid: number): void {
  const ended = processes.get(pid);
  processes.delete(pid);
  if (ended && machine.isRunning(ended.id)) machine.process(ended.id).exit();
}
