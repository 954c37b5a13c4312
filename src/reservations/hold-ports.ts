// SPDX-License-Identifier: MIT
import { unlessAborted, type BindInside } from '../sockets/bound-socket.js';
import { isTaken } from '../common/errors.js';
import { findRefused, portsFromLast, type Claim } from '../search/search-windows.js';
import { lastPortOf } from '../common/port-ranges.js';
import type { PortRange, Protocol } from '../common/ports.js';
import type { PortProbe } from '../search/port-probe.js';
import { RuntimePortReservationPair } from './pair.js';
import { RuntimePortReservation } from './runtime.js';

export type HeldPorts = RuntimePortReservation | RuntimePortReservationPair;

export interface HoldOptions {
  readonly protocol: Protocol | 'both';
  readonly signal: AbortSignal | undefined;
  /** Whether this platform has no reservations to hold the ports with. */
  readonly portable: boolean;
}

/**
 * Reserves a block of ports and binds each port inside the reservation. Nothing stays reserved unless every step
 * succeeded.
 */
export async function holdPorts(options: HoldOptions, block: PortRange, probe: PortProbe): Promise<Claim<HeldPorts>> {
  let held: HeldPorts;
  try {
    held = await acquire(options, block);
  } catch (error) {
    if (!isTaken(error)) throw error;
    return { obstacle: await findUnreservable(options, block) };
  }
  try {
    const obstacle = options.portable ? undefined : await findUnbindable(held, probe);
    options.signal?.throwIfAborted();
    if (obstacle === undefined) return { result: held };
    await held.release();
    return { obstacle };
  } catch (error) {
    // Report the first error, not one from releasing.
    await held.release().catch(() => undefined);
    throw error;
  }
}

function acquire({ protocol, signal, portable }: HoldOptions, range: PortRange): Promise<HeldPorts> {
  const { startPort, numberOfPorts } = range;
  const options = { startPort, numberOfPorts, portable };
  return unlessAborted<HeldPorts>(
    signal,
    () =>
      protocol === 'both'
        ? RuntimePortReservationPair.acquireForSearch(options)
        : RuntimePortReservation.acquireForSearch({ ...options, protocol }),
    (acquiring) => {
      // The caller no longer waits for it.
      acquiring.then((late) => late.release()).catch(() => undefined);
    },
  );
}

/**
 * Finds the port for which Windows refused the block, which its error does not name: another program took a port first,
 * or a port can be bound but not reserved, as in an administered exclusion that no list showed.
 */
async function findUnreservable(options: HoldOptions, block: PortRange): Promise<number> {
  for (const port of portsFromLast(block)) {
    try {
      const held = await acquire(options, { startPort: port, numberOfPorts: 1 });
      await held.release();
    } catch (error) {
      if (isTaken(error)) return port;
      throw error;
    }
  }
  // The obstacle is gone, but search elsewhere: another program is taking ports in this block.
  return lastPortOf(block);
}

function findUnbindable(held: HeldPorts, probe: PortProbe): Promise<number | undefined> {
  const reservations: readonly BindInside[] = held instanceof RuntimePortReservation ? [held] : [held.tcp, held.udp];
  return findRefused(portsFromLast(held), async (port) => {
    for (const reservation of reservations) if (!(await probe(reservation, port))) return false;
    return true;
  });
}
