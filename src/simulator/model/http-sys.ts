// SPDX-License-Identifier: MIT
import { checkFree } from './check-block.js';
import { kernelProcessId, listenOn, startProcess } from './machine-processes.js';
import type { MachineState } from './machine-state.js';
import { onePort } from './port-range.js';

export interface SavedHttpSys {
  readonly kernel?: number | undefined;
  readonly ports: readonly number[];
}

/** http.sys, the part of the kernel that listens for IIS and WinRM. netsh lists each of its ports as a range of its own. */
export class SimulatedHttpSys {
  readonly #state: MachineState;
  #kernel: number | undefined;
  #ports: number[] = [];

  /** @internal */
  constructor(state: MachineState) {
    this.#state = state;
  }

  /** The TCP ports that it listens on. */
  get ports(): readonly number[] {
    return [...this.#ports];
  }

  /**
   * Has it listen on a TCP port, until the next restart.
   *
   * @throws Refusal ERROR_SHARING_VIOLATION (32) where the port is in use or reserved.
   */
  listen(port: number): void {
    const block = checkFree(this.#state, { protocol: 'tcp', ...onePort(port) });
    const system = { processId: kernelProcessId, imageName: 'System', userName: 'NT AUTHORITY\\SYSTEM' };
    this.#kernel ??= startProcess(this.#state, system);
    listenOn(this.#state, this.#kernel, { protocol: 'tcp', port });
    this.#state.addReservation({ ...block, kind: 'foreign' });
    this.#ports.push(port);
  }

  /** @internal */
  restart(): void {
    this.#kernel = undefined;
    this.#ports = [];
  }

  /** @internal */
  save(): SavedHttpSys {
    return { kernel: this.#kernel, ports: this.#ports };
  }

  /** @internal */
  restore({ kernel, ports }: SavedHttpSys): void {
    this.#kernel = kernel;
    this.#ports = [...ports];
  }
}
