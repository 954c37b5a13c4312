// SPDX-License-Identifier: MIT
import type { NodeHandle } from '../windows/native-binding.js';
import { createHandle } from '../windows/node-handle.js';
import { otherRuntime } from '../windows/other-runtime.js';
import type { Protocol } from '../common/ports.js';

/**
 * Makes what holds the host's socket of a simulated one. Bun and Deno have nothing that could: there, the socket is one of
 * the machine alone, and a port that another program of the host has counts as free.
 */
export function createHostHandle(protocol: Protocol): NodeHandle {
  return otherRuntime() === undefined ? createHandle(protocol) : new MachineHandle();
}

/** Binds to whatever the machine lets it. */
class MachineHandle implements NodeHandle {
  #bound: { address: string; port: number } | undefined;

  open(): number {
    throw new Error('A handle without a socket of the host takes none.');
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
