// SPDX-License-Identifier: MIT
import { errorCodes } from '../../common/error-codes.js';
import { kernelProcessId } from './machine-processes.js';
import type { MachineState } from './machine-state.js';
import type { ProcessDescription, ProcessRecord } from './records.js';
import { Refusal } from './refusal.js';

/** The process that asks, by its key on the machine. */
interface Asking {
  readonly id: number;
}

/** The table of the processes of a machine. */
export class SimulatedProcesses {
  readonly #state: MachineState;

  /** @internal */
  constructor(state: MachineState) {
    this.#state = state;
  }

  /** CreateToolhelp32Snapshot: every process, each id once, in the order in which they were started. */
  list(): ProcessDescription[] {
    const byId = new Map([...this.#state.processes.values()].reverse().map((process) => [process.processId, process]));
    return [...byId.values()].reverse().map(describe);
  }

  /**
   * Tells a process about another one: the command line, the folder and the user only if it has rights over it.
   * Undefined if no process has the id.
   */
  describe(asking: Asking, processId: number): ProcessDescription | undefined {
    const process = this.#find(processId).at(0);
    if (process === undefined) return undefined;
    const description = describe(process);
    if (this.#mayOpen(asking, process)) return description;
    return { ...description, commandLine: '', workingDirectory: '', userName: '' };
  }

  /**
   * TerminateProcess: ends the process, which frees what it held.
   *
   * @throws Refusal ERROR_INVALID_PARAMETER (87) where no process has the id and was created then, ERROR_ACCESS_DENIED (5)
   *   where the asking process has no rights over it.
   */
  terminate(asking: Asking, processId: number, createdAt: bigint): void {
    // Several processes of the machine are one where the host runs them in one process.
    const found = this.#find(processId).filter((process) => process.createdAt === createdAt);
    if (found.length === 0) throw new Refusal(errorCodes.ERROR_INVALID_PARAMETER.errorNumber);
    if (!found.every((process) => this.#mayOpen(asking, process))) {
      throw new Refusal(errorCodes.ERROR_ACCESS_DENIED.errorNumber);
    }
    for (const { id } of found) this.#state.endProcess(id);
  }

  #find(processId: number): ProcessRecord[] {
    return [...this.#state.processes.values()].filter((process) => process.processId === processId);
  }

  #mayOpen(asking: Asking, process: ProcessRecord): boolean {
    const own = this.#state.processes.get(asking.id);
    if (own === undefined || process.processId === kernelProcessId) return false;
    return own.elevated || (!process.elevated && process.userName === own.userName);
  }
}

function describe(process: ProcessRecord): ProcessDescription {
  const { processId, imageName, parentProcessId, createdAt } = process;
  const { executable, commandLine, workingDirectory, userName } = process;
  return { processId, imageName, parentProcessId, createdAt, executable, commandLine, workingDirectory, userName };
}
