// SPDX-License-Identifier: MIT
import type { NodeHandle } from '../windows/native-binding.js';
import { createHandle } from '../windows/node-handle.js';
import { otherRuntime } from '../windows/other-runtime.js';
import type { Protocol } from '../common/ports.js';

/**
 * Makes the handle that holds the host's socket behind a simulated one. Bun and Deno have no such handles: there, the
 * socket exists only on the simulated machine, which counts a port of another program of the host as free.
 */
export function createHostHandle(protocol: Protocol): NodeHandle {
  return otherRuntime() === undefined ? createHandle(protocol) : new MachineHandle();
}

/** Stands in for a handle of Node and binds to anything that the machine allows. */
class MachineHandle implements NodeHandle {
  #bound: { address: string; port: number } | undefined;

  open(): number {
    throw new Error('A handle without a socket of the host cannot open one.');
  }

  bind(address: string, port: number): number {
    this.#bound = { address, port };
    return 0;
  }

  bind6(address: string, port: number): number {
    return this.bind(address, port);
  }

  getsockname(out: { address?: string; port?: number }): number {
    Object.assign(out, this.#bound);
    return 0;
  }

  close(callback?: () => void): void {
    if (callback) setImmediate(callback);
  }

  unref(): void {
    // It keeps no process alive.
  }
}
