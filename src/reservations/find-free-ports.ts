// SPDX-License-Identifier: MIT
import {
  checkBoolean,
  checkHost,
  checkInteger,
  checkPort,
  checkSignal,
  invalidType,
  take,
  takePortList,
} from '../common/arguments.js';
import { isSupported } from '../windows/binding.js';
import type { HeldPorts } from './hold-ports.js';
import type { PortableOptions } from './portable.js';
import type { CheckedSearch, FreePorts } from '../search/search-ports.js';
import { unsafePorts } from '../search/unsafe-ports.js';
import { anyPlace } from '../common/usual-ranges.js';
import { maxPort } from '../common/port-ranges.js';
import type { PortBlock, Protocol } from '../common/ports.js';
import type { RuntimePortReservationPair } from './pair.js';
import type { RuntimePortReservation } from './runtime.js';

/** Selects the ports to find. */
export interface FindFreePortsOptions extends PortableOptions {
  /** Default `tcp`; `both` finds ports that are free for TCP and for UDP. */
  readonly protocol?: Protocol | 'both' | undefined;
  /** The number of consecutive ports; default 1. */
  readonly numberOfPorts?: number | undefined;
  /**
   * The lowest acceptable port, 1 to 65535; default 1024. If given, the search goes upward from it; otherwise the
   * search starts at a random port, so that programs that start together don't try the same ports.
   */
  readonly fromPort?: number | undefined;
  /** The highest acceptable port, `fromPort` to 65535; default 65535. */
  readonly toPort?: number | undefined;
  /**
   * Ports to try before all others, in this order, each 1 to 65535; with `numberOfPorts`, the first ports of blocks. They may
   * lie outside `fromPort` and `toPort`, in the dynamic range and, without `hold`, in an administered exclusion.
   */
  readonly ports?: readonly number[] | undefined;
  /** Ports that must not be in the result, each 1 to 65535. */
  readonly exclude?: readonly number[] | undefined;
  /**
   * Whether to leave out the ports that browsers and `fetch` refuse to connect to, for instance 6000 and 10080. Default true,
   * except for `udp`.
   */
  readonly browserSafe?: boolean | undefined;
  /** The address of this machine, or the name, to bind to; default all addresses, as in Node. */
  readonly host?: string | undefined;
  /** Reserve the ports for this process until they are released; default false. */
  readonly hold?: boolean | undefined;
  /** Aborting ends the search and releases what it holds so far. */
  readonly signal?: AbortSignal | undefined;
}

/** The result of {@link findFreePorts}: ports, or with `hold` a reservation of them. */
export type FoundPorts<Options extends FindFreePortsOptions> =
  Given<Options, 'hold'> extends true
    ? Held<Given<Options, 'protocol'>>
    : Given<Options, 'hold'> extends false | undefined
      ? Found<Given<Options, 'protocol'>>
      : Found<Given<Options, 'protocol'>> | Held<Given<Options, 'protocol'>>;

type Given<Options, Name> = Name extends keyof Options ? Options[Name] : undefined;
type Found<Wanted> = Wanted extends 'both' ? FreePorts & { readonly protocol: 'both' } : PortBlock<OneProtocol<Wanted>>;
type Held<Wanted> = Wanted extends 'both' ? RuntimePortReservationPair : RuntimePortReservation<OneProtocol<Wanted>>;
/** Without the option, TCP. */
type OneProtocol<Wanted> = Wanted extends Protocol ? Wanted : 'tcp';

/**
 * Finds one or more consecutive free ports, for TCP, for UDP or for both.
 *
 * The search skips excluded and reserved ranges (also an administrator's, because nothing can be reserved on top of
 * them) and ports that sockets use. It then binds and closes every port of the result: the lists alone prove nothing,
 * because WSL with mirrored networking holds ports that no list shows. A listed range costs no bind, however wide it
 * is, and an unlisted region whose ports are refused costs few; with `fromPort`, the search may pass over free ports
 * right behind such a region.
 *
 * The search takes ports of the dynamic range last, because Windows gives them to outgoing connections, and so may give
 * yours to another program after a restart. It also takes 44620 to 48715 last, which WSL with mirrored networking usually
 * reserves. The search goes on without a list that cannot be read, because the binds decide; without `hold` it may then
 * find ports of an administered exclusion. If it finds nothing, the error names the missing lists.
 *
 * Any program may take the ports between this call and their use, unless you pass `hold: true`. The ports are then
 * reserved for this process, and each was bound inside the reservation. Pass the reservation to `listen` or `bind`, and
 * release it when you are done.
 *
 * Needs no elevation. Calls `bind`, `netsh interface ipv4 show excludedportrange` and `show dynamicport`,
 * `GetExtendedTcpTable` and `GetExtendedUdpTable`, and, with `hold`, `WSAIoctl(SIO_ACQUIRE_PORT_RESERVATION)`.
 *
 * @param options - `protocol`: `tcp` (the default), `udp` or `both`. `numberOfPorts`: 1 to the number of ports within
 * the bounds, default 1. `fromPort` (default 1024) and `toPort` (default 65535): the bounds, both inclusive. `ports`: the
 * ports to try first, default none. `exclude`: ports that must not be in the result, default none. `browserSafe`: leave out
 * the ports that browsers refuse, default true except for `udp`. `host`: default all addresses. `hold`: default false.
 * `signal`: aborting it ends the search. `portable`: on a platform without reservations, find ports with ordinary binds and
 * without lists, and hold none; default false.
 * @returns `protocol`, `startPort` and `numberOfPorts`; with `hold` a {@link RuntimePortReservation}, or for both
 * protocols a {@link RuntimePortReservationPair}.
 * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE`: an option is wrong; Windows was not asked.
 * @throws {@link PortReservationError} `ERR_NO_FREE_PORTS`: no block is long enough, and the hint says what is in the
 * way. `WSAEADDRNOTAVAIL`: the host is not an address of this machine. `WSAENOBUFS`, `WSAENETDOWN`, `WSAEAFNOSUPPORT`;
 * with `hold` also `WSAEINVAL`, `WSAEOPNOTSUPP`, `WSAEFAULT`. `ERR_UNSUPPORTED_PLATFORM`, `ERR_ADDON_NOT_LOADED`.
 * @throws The reason of `signal` if it aborts first; the error of `dns.lookup` if it cannot find a name.
 * @example
 * const { startPort } = await findFreePorts({ ports: [3000, 3001], exclude: [3100] });
 * @example
 * const pair = await findFreePorts({ protocol: 'both', numberOfPorts: 2, hold: true });
 * await listen(server, pair.tcp, { port: pair.startPort });
 * await bind(socket, pair.udp, { port: pair.startPort });
 */
export async function findFreePorts<const Options extends FindFreePortsOptions = object>(
  options: Options = {} as Options,
): Promise<FoundPorts<Options>> {
  const search = checkOptions(options);
  search.signal?.throwIfAborted();
  return (await find(search)) as FoundPorts<Options>;
}

// These are imported at the first search, because most programs never search.
async function find(search: CheckedSearch): Promise<FreePorts | HeldPorts> {
  const { findFreeBlock, findPorts } = await import('../search/search-ports.js');
  if (!search.hold) return findFreeBlock(search);
  const { holdPorts } = await import('./hold-ports.js');
  return findPorts(search, (block, probe) => holdPorts(search, block, probe));
}

const optionNames = [
  'protocol',
  'numberOfPorts',
  'fromPort',
  'toPort',
  'ports',
  'exclude',
  'browserSafe',
  'host',
  'hold',
  'signal',
  'portable',
] as const satisfies (keyof FindFreePortsOptions)[];

function checkOptions(options: unknown): CheckedSearch {
  const given = take('options', options, optionNames);
  const { protocol = 'tcp', numberOfPorts = 1, fromPort = anyPlace.startPort, toPort = anyPlace.endPort } = given;
  const {
    ports = [],
    exclude = [],
    browserSafe = protocol !== 'udp',
    host,
    hold = false,
    signal,
    portable = false,
  } = given;
  if (protocol !== 'tcp' && protocol !== 'udp' && protocol !== 'both') {
    throw invalidType('options.protocol', "'tcp', 'udp' or 'both'", protocol);
  }
  checkPort('options.fromPort', fromPort, 1);
  checkInteger('options.toPort', toPort, fromPort, maxPort);
  checkInteger('options.numberOfPorts', numberOfPorts, 1, toPort - fromPort + 1);
  const preferred = takePortList('options.ports', ports, maxPort - numberOfPorts + 1);
  const unwanted = takePortList('options.exclude', exclude, maxPort);
  checkBoolean('options.browserSafe', browserSafe);
  if (host !== undefined) checkHost('options.host', host);
  checkBoolean('options.hold', hold);
  if (signal !== undefined) checkSignal('options.signal', signal);
  checkBoolean('options.portable', portable);
  return {
    protocol,
    numberOfPorts,
    bounds: { startPort: fromPort, endPort: toPort },
    preferred,
    unwanted: browserSafe ? [...unwanted, ...unsafePorts] : unwanted,
    ascending: given.fromPort !== undefined,
    host,
    hold,
    signal,
    portable: portable && !isSupported,
  };
}
