// SPDX-License-Identifier: MIT
import {
  checkBoolean,
  checkHost,
  checkInteger,
  checkPort,
  checkSignal,
  invalidType,
  take,
} from '../common/arguments.js';
import { isSupported } from '../windows/binding.js';
import type { HeldPorts } from './hold-ports.js';
import type { PortableOptions } from './portable.js';
import type { CheckedSearch, FreePorts } from '../search/search-ports.js';
import { anyPlace } from './find-place.js';
import { maxPort } from '../common/port-ranges.js';
import type { PortBlock, Protocol } from '../common/ports.js';
import type { RuntimePortReservationPair } from './pair.js';
import type { RuntimePortReservation } from './runtime.js';

/** What to look for. */
export interface FindFreePortsOptions extends PortableOptions {
  /** Default `tcp`; `both`: the same ports for TCP and for UDP. */
  readonly protocol?: Protocol | 'both' | undefined;
  /** How many consecutive ports; default 1. */
  readonly numberOfPorts?: number | undefined;
  /**
   * The lowest port that will do, 1 to 65535; default 1024. When it is given the search goes upwards from it, otherwise
   * it begins anywhere, so that programs that start together do not try the same ports.
   */
  readonly fromPort?: number | undefined;
  /** The highest port that will do, `fromPort` to 65535; default 65535. */
  readonly toPort?: number | undefined;
  /** An address of this machine or a name to bind to; default all addresses, as Node's own. */
  readonly host?: string | undefined;
  /** Reserve the ports for this process until they are released; default false. */
  readonly hold?: boolean | undefined;
  /** Aborting ends the search; what it holds by then is released. */
  readonly signal?: AbortSignal | undefined;
}

/** What {@link findFreePorts} finds: ports, or with `hold` a reservation of them. */
export type FoundPorts<Options extends FindFreePortsOptions> =
  Given<Options, 'hold'> extends true
    ? Held<Given<Options, 'protocol'>>
    : Given<Options, 'hold'> extends false | undefined
      ? Found<Given<Options, 'protocol'>>
      : Found<Given<Options, 'protocol'>> | Held<Given<Options, 'protocol'>>;

type Given<Options, Name> = Name extends keyof Options ? Options[Name] : undefined;
type Found<Wanted> = Wanted extends 'both' ? FreePorts & { readonly protocol: 'both' } : PortBlock<OneProtocol<Wanted>>;
type Held<Wanted> = Wanted extends 'both' ? RuntimePortReservationPair : RuntimePortReservation<OneProtocol<Wanted>>;
/** Without an option it is TCP. */
type OneProtocol<Wanted> = Wanted extends Protocol ? Wanted : 'tcp';

/**
 * Finds ports that can be had: one, or consecutive ones, for TCP, for UDP or for both.
 *
 * It jumps over the ranges that are excluded or reserved, those of an administrator included, because nothing can be
 * reserved on top of them, and over ports that sockets have. Every port of the result was then bound and closed again: a
 * list proves nothing, since WSL with mirrored networking holds ports that are in no list. A range costs no bind however
 * wide it is, and a region that refuses without being listed costs few; with `fromPort`, free ports right behind such a
 * region may be passed over.
 *
 * Ports of the dynamic range come last: Windows gives them to outgoing connections, and after a restart somebody else
 * may have them. A list that cannot be read is left out without a word, because the binds decide; then ports of an
 * administered exclusion may be found, unless they are to be held. The error says so if nothing is found.
 *
 * Anybody may take the ports between this call and their use, unless it is called with `hold: true`. Then they are
 * reserved for this process, where Windows sees to it that nobody comes in between, and each was bound inside the
 * reservation. Pass the reservation to `listen` or `bind`, and release it in the end.
 *
 * Needs no elevation. Calls `bind`, `netsh interface ipv4 show excludedportrange` and `show dynamicport`,
 * `GetExtendedTcpTable` and `GetExtendedUdpTable`, and with `hold` also `WSAIoctl(SIO_ACQUIRE_PORT_RESERVATION)`.
 *
 * @param options - `protocol`: `tcp`, the default, `udp` or `both`. `numberOfPorts`: 1 to all within the bounds, default 1.
 * `fromPort`, default 1024, and `toPort`, default 65535: the bounds, both inside. `host`: default all addresses. `hold`:
 * default false. `signal`. `portable`: where the platform has no reservations, find ports with ordinary binds and no
 * lists, and hold none; default false.
 * @returns `protocol`, `startPort` and `numberOfPorts`; with `hold` a {@link RuntimePortReservation}, and for both
 * protocols a {@link RuntimePortReservationPair}.
 * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE`: an option is wrong; Windows was not asked.
 * @throws {@link PortReservationError} `ERR_NO_FREE_PORTS`: there is no such run, and the hint says what is in the way.
 * `WSAEADDRNOTAVAIL`: the host is not an address of this machine. `WSAENOBUFS`, `WSAENETDOWN`, `WSAEAFNOSUPPORT`; with
 * `hold` also `WSAEINVAL`, `WSAEOPNOTSUPP`, `WSAEFAULT`. `ERR_UNSUPPORTED_PLATFORM`, `ERR_ADDON_NOT_LOADED`.
 * @throws The reason of `signal` when it aborts first; the error of `dns.lookup` for a name that is not found.
 * @example
 * const { startPort } = await findFreePorts({ fromPort: 3000 });
 * @example
 * const pair = await findFreePorts({ protocol: 'both', numberOfPorts: 2, hold: true });
 * await listen(server, pair.tcp, { port: pair.startPort });
 * await bind(socket, pair.udp, { port: pair.startPort });
 */
export async function findFreePorts<const Options extends FindFreePortsOptions = object>(
  options: Options = {} as Options,
): Promise<FoundPorts<Options>> {
  const { hold, ...search } = checkOptions(options);
  search.signal?.throwIfAborted();
  return (await (hold ? findAndHold(search) : findOnly(search))) as FoundPorts<Options>;
}

// Imported only here, because most programs never search.

async function findOnly(search: CheckedSearch): Promise<FreePorts> {
  const { findFreeBlock } = await import('../search/search-ports.js');
  return findFreeBlock(search);
}

async function findAndHold(search: CheckedSearch): Promise<HeldPorts> {
  const [{ findPorts }, { holdPorts }] = await Promise.all([
    import('../search/search-ports.js'),
    import('./hold-ports.js'),
  ]);
  return findPorts(search, (block, probe) => holdPorts(search, block, probe));
}

const optionNames = [
  'protocol',
  'numberOfPorts',
  'fromPort',
  'toPort',
  'host',
  'hold',
  'signal',
  'portable',
] as const satisfies (keyof FindFreePortsOptions)[];

function checkOptions(options: unknown): CheckedSearch & { readonly hold: boolean } {
  const given = take('options', options, optionNames);
  const { protocol = 'tcp', numberOfPorts = 1, fromPort = anyPlace.startPort, toPort = anyPlace.endPort } = given;
  const { host, hold = false, signal, portable = false } = given;
  if (protocol !== 'tcp' && protocol !== 'udp' && protocol !== 'both') {
    throw invalidType('options.protocol', "'tcp', 'udp' or 'both'", protocol);
  }
  checkPort('options.fromPort', fromPort, 1);
  checkInteger('options.toPort', toPort, fromPort, maxPort);
  checkInteger('options.numberOfPorts', numberOfPorts, 1, toPort - fromPort + 1);
  if (host !== undefined) checkHost('options.host', host);
  checkBoolean('options.hold', hold);
  if (signal !== undefined) checkSignal('options.signal', signal);
  checkBoolean('options.portable', portable);
  return {
    protocol,
    numberOfPorts,
    bounds: { startPort: fromPort, endPort: toPort },
    ascending: given.fromPort !== undefined,
    host,
    hold,
    signal,
    portable: portable && !isSupported,
  };
}
