// SPDX-License-Identifier: MIT
import { checkBoolean, checkObject } from './arguments.js';
import { isSupported } from './binding.js';
import type { Protocol } from './port-block.js';

export interface PortableOptions {
  /**
   * Where the platform has no port reservations, go on without one: `reserved` is then false, and `listen`, `bind` and
   * `connect` make ordinary sockets. A process warning (`PortReservationWarning`, code `WPR_NOT_RESERVED`) says so once.
   * Default false: such platforms reject with `ERR_UNSUPPORTED_PLATFORM`.
   */
  readonly portable?: boolean;
}

let warned = false;

/** Whether to go on without a reservation, which is said out loud. */
export function withoutReservation(
  options: PortableOptions,
  block: { protocol: Protocol; startPort?: number | undefined; numberOfPorts: number },
): boolean {
  checkObject('options', options);
  const { portable = false } = options;
  checkBoolean('options.portable', portable);
  if (!portable || isSupported) return false;
  if (!warned) {
    warned = true;
    const { protocol, startPort, numberOfPorts } = block;
    const ports = startPort ? `${startPort}-${startPort + numberOfPorts - 1}` : `${numberOfPorts} ports`;
    process.emitWarning(`${process.platform} has no port reservations: ${protocol} ${ports} can be taken by anybody.`, {
      type: 'PortReservationWarning',
      code: 'WPR_NOT_RESERVED',
    });
  }
  return true;
}

/** The ports that a socket without a reservation may try, in order: the one it names, or those of the block. */
export function portsToTry(port: number, startPort: number | undefined, numberOfPorts = 1): number[] {
  if (port !== 0 || !startPort) return [port];
  return Array.from({ length: numberOfPorts }, (_, offset) => startPort + offset);
}
