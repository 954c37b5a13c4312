// SPDX-License-Identifier: MIT
import type { Socket } from 'node:dgram';
import type { Server } from 'node:net';
import { closeQuietly } from '../socket-arguments.js';

export interface Outcomes<Result> {
  /** Called when 'listening' is emitted, before the listeners of the caller. */
  listening(): Result | Promise<Result>;
  /** Called when 'close' is emitted; returns the error if that ends the wait. */
  closed(): Error | undefined;
}

/**
 * Waits until a server or a socket listens, fails to, or is closed. It removes its own listeners before the caller's
 * hear of 'listening', so that errors they throw or emit go where they would without this package.
 *
 * @param signal - Aborting it meanwhile closes the server or socket.
 * @param start - Makes it listen. An error that it throws ends the wait.
 */
export async function untilListening<Result>(
  emitter: Server | Socket,
  signal: AbortSignal | undefined,
  start: () => void,
  outcomes: Outcomes<Result>,
): Promise<Result> {
  const settled = new AbortController();
  try {
    return await new Promise<Result>((resolve, reject) => {
      const on = (event: string, listener: (error: Error) => void): void => {
        (emitter as NodeJS.EventEmitter).prependListener(event, listener);
        settled.signal.addEventListener('abort', () => emitter.removeListener(event, listener), { once: true });
      };
      on('listening', () => {
        settled.abort();
        resolve(outcomes.listening());
      });
      on('error', reject);
      on('close', () => {
        const error = outcomes.closed();
        if (error) reject(error);
      });
      signal?.addEventListener(
        'abort',
        () => {
          closeQuietly(emitter);
        },
        { signal: settled.signal },
      );
      start();
    });
  } finally {
    settled.abort();
  }
}
