// SPDX-License-Identifier: MIT
import { checkBoolean } from '../common/arguments.js';
import { isSupported } from '../windows/binding.js';
import { portsText } from '../common/port-ranges.js';
import type { Protocol } from '../common/ports.js';

/** Says what to do on a platform without reservations. */
export interface PortableOptions {
  /**
   * On a platform without port reservations, go on without one: `reserved` is then false, `listen`, `bind` and
   * `connect` make ordinary sockets, and one process warning (`PortReservationWarning`, code `WPR_NOT_RESERVED`) says
   * so. Default false: the call rejects with `ERR_UNSUPPORTED_PLATFORM` on such a platform.
   */
  readonly portable?: boolean | undefined;
}

let warned = false;

/** Tells whether to go on without a reservation, and if so warns once. Checks the option `portable`. */
export function withoutReservation(
  portable: unknown = false,
  block: { protocol: Protocol; startPort?: number | undefined; numberOfPorts: number },
): boolean {
  checkBoolean('options.portable', portable);
  if (!portable || isSupported) return false;
  if (!warned) {
    warned = true;
    const { protocol, startPort, numberOfPorts } = block;
    const ports = startPort ? portsText({ startPort, numberOfPorts }) : `${numberOfPorts} ports`;
    process.emitWarning(
      `${process.platform} has no port reservations: ${protocol} ${ports} can be taken by any program.`,
      {
        type: 'PortReservationWarning',
        code: 'WPR_NOT_RESERVED',
      },
    );
  }
  return true;
}
