// SPDX-License-Identifier: MIT
import { isTaken } from '../../common/errors.js';
import { lastPortOf } from '../../common/port-ranges.js';

/**
 * Makes a socket without a reservation on the given port or, if that is 0, on the first free port of the block.
 *
 * @param make - Makes the socket on one port; 0 means any port.
 */
export async function onFirstFreePort<Result>(
  port: number,
  { startPort = 0, numberOfPorts = 1 }: { startPort?: number | undefined; numberOfPorts?: number | undefined },
  make: (port: number) => Promise<Result>,
): Promise<Result> {
  const first = port === 0 ? startPort : port;
  const last = port === 0 && startPort !== 0 ? lastPortOf({ startPort, numberOfPorts }) : first;
  for (let candidate = first; ; candidate += 1) {
    try {
      return await make(candidate);
    } catch (error) {
      if (candidate >= last || !isTaken(error)) throw error;
    }
  }
}
