// SPDX-License-Identifier: MIT
import { take } from '../common/arguments.js';
import { takeErrorProperties } from './facts/error-properties.js';
import type { PortExplanation } from './port-explanation.js';
import type { Protocol } from '../common/ports.js';

// Most programs never ask, so the code that answers is loaded at the first question.

/** The port to explain: `port`, or the first port of a block, as this package takes and returns blocks. */
export type ExplainPortOptions = {
  readonly protocol: Protocol;
  /** An address of this machine or a name; default every address, as with Node's own `listen` and `bind`. */
  readonly host?: string | undefined;
} & (
  | {
      /** 1 to 65535. */
      readonly port: number;
      readonly startPort?: undefined;
    }
  | {
      /** 1 to 65535. */
      readonly startPort: number;
      readonly numberOfPorts?: number | undefined;
      readonly port?: undefined;
    }
);

/**
 * Tells why this process can or cannot bind a port, and what to do: in a sentence, and as data.
 *
 * It makes a test bind where Node would bind, and closes the socket right away; no port is called free because no list
 * contains it. It also asks which processes use the port, which ranges are reserved, and whether one of them is a persistent
 * reservation. A question that fails, for instance because netsh is missing or hangs, becomes evidence and makes the answer
 * less certain. The answer usually takes a tenth of a second, and a few seconds if something hangs.
 *
 * Needs no elevation; in an elevated process, Windows also lists the ports of WSL and of containers. Calls `bind`,
 * `netsh interface ipv4 show excludedportrange` and `show dynamicport`, `GetExtendedTcpTable`, `GetExtendedUdpTable`,
 * `LookupPersistentTcpPortReservation` and its UDP twin, and `HcnEnumerateGuestNetworkPortReservations`.
 *
 * @param options - `protocol`: `tcp` or `udp`; `port`: 1 to 65535; `host`: an address or a name, default every address.
 * Instead of `port`, `startPort` of a block or of a listed range: its first port is explained.
 * @returns The cause, how certain it is, a sentence, the evidence and the advice. The advice is for people: none of its
 * commands was run.
 * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE`: an option is wrong; Windows was not asked.
 * @throws {@link PortReservationError} `ERR_UNSUPPORTED_PLATFORM`, `ERR_ADDON_NOT_LOADED`.
 * @example
 * const { sentence, advice } = await explainPort({ protocol: 'tcp', port: 3000 });
 * console.log(sentence, ...advice.map(({ text }) => text));
 */
export async function explainPort(options: ExplainPortOptions): Promise<PortExplanation> {
  const given = take('options', options, ['protocol', 'port', 'startPort', 'host']);
  const { explain, readOptions } = await import('./explain.js');
  return explain(readOptions(given));
}

/**
 * Tells why a `listen` or a `bind` failed, and what to do: {@link explainPort} for the address of the error, with the
 * error itself as evidence. If the port is free by now, the explanation says so.
 *
 * Needs no elevation; in an elevated process, Windows also lists the ports of WSL and of containers. Calls `bind` and all that
 * {@link explainPort} calls.
 *
 * @param error - The error that Node emitted: `EACCES`, `EADDRINUSE` or `EADDRNOTAVAIL` of `listen` or of a UDP `bind`, with its
 * `port`. Or a {@link PortReservationError} of this package with a `startPort`: `WSAEACCES`, `WSAEADDRINUSE`,
 * `WSAEADDRNOTAVAIL`, `ERROR_ACCESS_DENIED`, `ERROR_SHARING_VIOLATION`. For a refused block, the
 * explanation is about the first port that is known to be taken.
 * @returns The explanation of {@link explainPort}; `evidence` begins with the error.
 * @throws TypeError `ERR_INVALID_ARG_TYPE`: the value is no such error.
 * @throws {@link PortReservationError} `ERR_UNSUPPORTED_PLATFORM`, `ERR_ADDON_NOT_LOADED`.
 * @example
 * server.on('error', async (error) => console.error((await explainListenError(error)).sentence));
 */
export async function explainListenError(error: unknown): Promise<PortExplanation> {
  const properties = takeErrorProperties(error);
  const { explain, readError } = await import('./explain.js');
  return explain(readError(error as object, properties));
}
