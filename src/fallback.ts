// SPDX-License-Identifier: MIT
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { checkBoolean, checkObject } from './arguments.js';
import { isSupported } from './binding.js';
import type { Protocol } from './port-block.js';

export interface PortableOptions {
  /**
   * Where the platform has no port reservations, go on without one: `reserved` is then false, and `listen`, `bind` and
   * `connect` make ordinary sockets. A process warning (`PortReservationWarning`, code `WPR_NOT_RESERVED`) says so once.
   * Default false: such platforms reject with `ERR_UNSUPPORTED_PLATFORM`.
   */
  readonly portable?: boolean | undefined;
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

const maximalAttempts = 50;

/** The first of consecutive ports that are free now, in the place of a block that Windows would choose. */
export async function findFreeRun(protocol: Protocol, numberOfPorts: number): Promise<number> {
  let failure: unknown;
  for (let attempt = 0; attempt < maximalAttempts; attempt += 1) {
    const startPort = 1024 + Math.floor(Math.random() * Math.max(1, 0x1_0000 - 1024 - numberOfPorts));
    const closers: (() => void)[] = [];
    try {
      for (let offset = 0; offset < numberOfPorts; offset += 1)
        closers.push(await occupy(protocol, startPort + offset));
      return startPort;
    } catch (error) {
      failure = error;
    } finally {
      for (const close of closers) close();
    }
  }
  throw failure;
}

async function occupy(protocol: Protocol, port: number): Promise<() => void> {
  const socket = protocol === 'tcp' ? createServer().listen(port) : createSocket('udp4').bind(port);
  await once(socket, 'listening');
  return () => {
    socket.close();
  };
}

/**
 * Makes a socket without a reservation on the port it names, or on the first of the block that nobody has.
 *
 * @param make - Makes it on one port, where 0 is any.
 */
export async function onFirstFreePort<Result>(
  port: number,
  { startPort = 0, numberOfPorts = 1 }: { startPort?: number | undefined; numberOfPorts?: number | undefined },
  make: (port: number) => Promise<Result>,
): Promise<Result> {
  const first = port === 0 ? startPort : port;
  const last = port === 0 && startPort !== 0 ? startPort + numberOfPorts - 1 : first;
  for (let candidate = first; ; candidate += 1) {
    try {
      return await make(candidate);
    } catch (error) {
      if (candidate >= last || !isTaken(error)) throw error;
    }
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES');
}
