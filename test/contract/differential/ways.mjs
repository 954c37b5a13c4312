// SPDX-License-Identifier: MIT
// The two ways to open a socket that the differential suite compares: Node's own calls, and this package's calls inside
// runtime reservations. This file is plain JavaScript because the child processes run it too.
//
// The scenarios leave out one difference: when a bind fails in this package, Node's listen is never called, so nothing
// is published on `tracing:net.server.listen:error`. The promise rejects instead.
import { once } from 'node:events';
import net from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { bind, connect, listen, PortReservationError, RuntimePortReservation } from 'win-port-reservation';

/** An aborted call may still open its socket, which holds a port until it is closed. A scenario aborts up to 100 calls. */
const numberOfPorts = 128;

/** @param {string} name */
export async function openWays(name) {
  return name === 'node' ? nodesWays() : reservedWays();
}

/** @returns {import('./ways.mjs').Ways} */
function nodesWays() {
  return {
    name: 'node',
    complaints: [],
    listen(server, options = {}) {
      try {
        server.listen({ port: 0, ...options });
      } catch (error) {
        // Node throws for wrong arguments, where an asynchronous function rejects.
        server.emit('error', error);
      }
    },
    bind(socket, { port = 0, host, signal } = {}) {
      try {
        // dgram takes the signal when the socket is created; this package's listen() and bind() take it when they are
        // called.
        signal?.addEventListener('abort', () => socket.close());
        // Windows cannot share a UDP socket with the workers of a cluster.
        socket.bind({ port, address: host, exclusive: true });
      } catch (error) {
        socket.emit('error', error);
      }
    },
    async connect(options) {
      const socket = net.connect(options);
      await once(socket, 'connect');
      return socket;
    },
    close: async () => undefined,
  };
}

/** @returns {Promise<import('./ways.mjs').Ways>} */
async function reservedWays() {
  const tcp = await RuntimePortReservation.acquire({ protocol: 'tcp', numberOfPorts });
  const udp = await RuntimePortReservation.acquire({ protocol: 'udp', numberOfPorts });
  const complaints = [];

  /** Emits as events what the promise tells, as Node does. */
  function tell(emitter, promise, signal) {
    promise.then(
      (address) => {
        // Node has no such promise: its address must be that of the socket, if the socket has one.
        const current = addressOf(emitter);
        if (current && !isDeepStrictEqual(address, current)) complaints.push({ resolved: address, current });
      },
      (error) => {
        if (signal?.aborted || error.code === 'ERR_SERVER_CLOSED') return; // Node emits no error here, it only closes.
        // Emit it outside the promise, so that an error without a listener is uncaught, as in Node.
        process.nextTick(() => emitter.emit('error', asNodesError(error)));
      },
    );
  }

  return {
    name: 'reserved',
    complaints,
    listen(server, options) {
      tell(server, listen(server, tcp, options), options?.signal);
    },
    bind(socket, options) {
      tell(socket, bind(socket, udp, options), options?.signal);
    },
    async connect(options) {
      try {
        return await connect(tcp, options);
      } catch (error) {
        throw asNodesError(error);
      }
    },
    async close() {
      await Promise.all([tcp.release(), udp.release()]);
    },
  };
}

function addressOf(emitter) {
  try {
    return emitter.address();
  } catch {
    return undefined; // dgram throws where a server returns null
  }
}

/** Maps error codes to Node's code. The class, the number and the message are this package's own, by design. */
const nodesCodes = { ERR_SOCKET_CLOSED: 'ERR_SOCKET_DGRAM_NOT_RUNNING' };

function asNodesError(error) {
  if (!(error instanceof PortReservationError)) return error;
  const code = nodesCodes[error.code] ?? error.code.replace(/^WSA/, '');
  return Object.assign(new Error(error.message, { cause: error }), { code });
}
