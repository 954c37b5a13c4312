// SPDX-License-Identifier: MIT
// Explains every listen and UDP bind that fails from here on, in the message of its error:
//
//   node --import win-port-reservation/explain app.js
//
// Node publishes these errors before it emits them, so nothing in Node is changed. The code that explains is loaded only
// when the program reads the message or the stack of an error. It has 6 seconds, or as many milliseconds as
// WIN_PORT_RESERVATION_EXPLAIN_MS says; after that the error stays as it was.
//
// With WIN_PORT_RESERVATION_EXPLAIN=stderr the reason is written to the standard error the moment the bind fails, for
// programs that print a text of their own and never the error's.
import type { Cluster } from 'node:cluster';
import { subscribe } from 'node:diagnostics_channel';
import { errorMonitor, type EventEmitter } from 'node:events';
import { knownProtocols } from './facts/error-properties.js';
import { explainLazily } from './errors/lazy-explanation.js';
import type { PortExplanation } from './port-explanation.js';

/** An error of `listen`, or of a UDP `bind`, as a program sees it that preloads this module. */
export interface ExplainedError extends NodeJS.ErrnoException {
  /**
   * The reason why the port could not be bound, with advice. It is determined when the program first reads it, the
   * message or the stack. Undefined if the question failed or took too long.
   */
  readonly explanation?: PortExplanation | undefined;
}

/** The messages that Node publishes on the channels below. */
interface Published {
  readonly error?: unknown;
  readonly server?: EventEmitter;
  readonly socket?: EventEmitter;
}

const explainTcp = (error: unknown): void => {
  explainLazily(error, 'tcp');
};
const explainUdp = (error: unknown): void => {
  explainLazily(error, 'udp');
};

subscribe('tracing:net.server.listen:error', (message) => {
  explainTcp((message as Published).error);
});

subscribe('tracing:net.server.listen:asyncStart', (message) => {
  const { server } = message as Published;
  // In a cluster the primary binds for its workers, and Node does not publish its errors.
  const { isWorker } = process.getBuiltinModule('node:cluster') as unknown as Cluster;
  if (isWorker && server?.listeners(errorMonitor).includes(explainTcp) === false) server.on(errorMonitor, explainTcp);
});

// Node prints an unhandled error after the program has cleaned up. The process that used the port may be gone by then.
process.on('uncaughtExceptionMonitor', (error) => {
  if (knownProtocols.has(error) && process.listenerCount('uncaughtException') === 0) Reflect.get(error, 'stack');
});

// No channel reports a failed bind. A monitor is not a handler: an unhandled error is thrown as before.
subscribe('udp.socket', (message) => {
  (message as Published).socket?.on(errorMonitor, explainUdp);
});
