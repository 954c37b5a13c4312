// SPDX-License-Identifier: MIT
// Explains every listen and UDP bind that fails from here on, in the message of its error:
//
//   node --import win-port-reservation/explain app.js
//
// Node tells of these errors before it emits them, and nothing of Node is changed. What explains is loaded when somebody
// reads the message or the stack of an error, and never where nobody does. It has 6 seconds for it, or as many
// milliseconds as WIN_PORT_RESERVATION_EXPLAIN_MS says; then the error stays as it was.
import type { Cluster } from 'node:cluster';
import { subscribe } from 'node:diagnostics_channel';
import { errorMonitor, type EventEmitter } from 'node:events';
import { knownProtocols } from './facts/known-protocols.js';
import { explainLazily } from './errors/lazy-explanation.js';

/** What Node publishes, on the channels below. */
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
  // In a worker of a cluster the primary binds, and what it was refused is published nowhere.
  const { isWorker } = process.getBuiltinModule('node:cluster') as unknown as Cluster;
  if (isWorker && server?.listeners(errorMonitor).includes(explainTcp) === false) server.on(errorMonitor, explainTcp);
});

// Node prints an error that nobody handles when the program has cleaned up, and what had the port may be gone by then.
process.on('uncaughtExceptionMonitor', (error) => {
  if (knownProtocols.has(error) && process.listenerCount('uncaughtException') === 0) Reflect.get(error, 'stack');
});

// No channel tells of a bind. A monitor is no handler: an error that nobody handles is thrown as ever.
subscribe('udp.socket', (message) => {
  (message as Published).socket?.on(errorMonitor, explainUdp);
});
