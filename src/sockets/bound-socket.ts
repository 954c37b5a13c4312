// SPDX-License-Identifier: MIT
import { isIP } from 'node:net';
import { ntohs } from '../windows/byte-order.js';
import { type CallFailure, errorFromFailure, isCallFailure } from '../common/errors.js';
import { inBothFamilies } from '../windows/every-address.js';
import type { NativeBinding, NativeSocket } from '../windows/native-binding.js';
import type { Protocol } from '../common/ports.js';
import { noteUse, tokenFor, type Hold, type MovableReservation, type ReservationToken } from './reservation-token.js';
import { bindRequest, socketRequest, wildcard } from '../windows/winsock.js';

export interface Endpoint {
  readonly family: 4 | 6;
  readonly address: string;
  readonly port: number;
  readonly ipv6Only: boolean;
}

/** A socket that is open, associated and bound, and that Node does not own yet. */
export interface BoundSocket {
  readonly native: NativeSocket;
  readonly address: string;
  readonly family: 4 | 6;
  readonly port: number;
}

export interface HostAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/**
 * Gets the numeric addresses of a host in the order of the system's resolver. It does not ask the resolver about a
 * numeric address.
 */
export async function resolveHost(host: string, family?: 4 | 6): Promise<HostAddress[]> {
  const numeric = isIP(host);
  if (numeric !== 0) return [{ address: host, family: familyOf(numeric) }];
  // Most programs give no name.
  const { lookup } = await import('node:dns/promises');
  const found = await lookup(host, { all: true, family: family ?? 0 });
  return found.map((entry) => ({ address: entry.address, family: familyOf(entry.family) }));
}

/** Gets the first address of a host, where Node's servers listen. */
export async function resolveFirst(host: string): Promise<HostAddress> {
  const [first] = await resolveHost(host);
  if (!first) throw new Error(`dns.lookup returned no address for ${host} and no error.`);
  return first;
}

function familyOf(number: number): 4 | 6 {
  return number === 6 ? 6 : 4;
}

/** The reservation to bind inside; without a token, no reservation. */
export type BindInside = Pick<ReservationToken, 'protocol'> & Partial<ReservationToken>;

/** Opens, associates and binds a socket in one trip to the thread pool. */
export async function openBoundSocket(
  binding: NativeBinding,
  reservation: BindInside,
  endpoint: Endpoint,
): Promise<BoundSocket> {
  return boundOrThrow(binding, reservation, endpoint, await tryToOpen(binding, reservation, endpoint));
}

/** Opens a socket that is bound to all addresses, as Node's servers are: see {@link inBothFamilies}. */
export async function openWildcardSocket(
  binding: NativeBinding,
  reservation: BindInside,
  port: number,
  ipv6Only: boolean,
): Promise<BoundSocket> {
  const at = (family: 4 | 6): Endpoint => ({ family, address: wildcard[family], port, ipv6Only });
  if (ipv6Only) return openBoundSocket(binding, reservation, at(6));
  let endpoint = at(6);
  const opened = await inBothFamilies((family) => {
    endpoint = at(family);
    return tryToOpen(binding, reservation, endpoint);
  });
  return boundOrThrow(binding, reservation, endpoint, opened);
}

function boundOrThrow(
  binding: NativeBinding,
  { protocol, token, startPort, numberOfPorts }: BindInside,
  { port, address }: Endpoint,
  opened: BoundSocket | CallFailure,
): BoundSocket {
  if (!isCallFailure(opened)) return opened;
  const isAboutBlock = opened.call === acquireCall;
  const about = isAboutBlock ? { startPort, numberOfPorts } : { startPort: port, host: address, token };
  throw errorFromFailure(binding, opened, { protocol, ...about });
}

/**
 * Returns the socket that `open` opens, or rejects as soon as the signal aborts, because a call of Windows may take any
 * time. It closes a socket that is opened after the abort and holds the reservation until then. Otherwise Windows would
 * free the block and the socket would have a port that another program may reserve.
 */
export function openUnlessAborted(
  signal: AbortSignal | undefined,
  hold: Hold,
  open: () => Promise<BoundSocket>,
): Promise<BoundSocket> {
  return unlessAborted(signal, open, (opening) => {
    hold.until(opening.then((late) => late.native.close()));
  });
}

/**
 * Returns the result of `start`, or rejects with the signal's reason as soon as the signal aborts.
 *
 * @param discard - Called on abort with the promise of `start`, which is still pending.
 */
export async function unlessAborted<Result>(
  signal: AbortSignal | undefined,
  start: () => Promise<Result>,
  discard: (started: Promise<Result>) => void = (started) => {
    started.catch(() => undefined);
  },
): Promise<Result> {
  signal?.throwIfAborted();
  const started = start();
  if (!signal) return started;
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      discard(started);
      reject(signal.reason as Error);
    };
    const end = (): void => {
      signal.removeEventListener('abort', abort);
    };
    signal.addEventListener('abort', abort, { once: true });
    started.finally(end).then(resolve, reject);
  });
}

/**
 * Returns what is opened inside a reservation. If Windows refuses it, adds the reason to the error; that code is loaded
 * only then.
 *
 * @param port - 0 for any port of the block.
 */
export async function sayWhy<Opened>(
  binding: NativeBinding,
  reservation: ReservationToken,
  port: number,
  opening: Promise<Opened>,
): Promise<Opened> {
  try {
    return await opening;
  } catch (error) {
    const { withReason } = await import('../windows/say-why.js');
    throw await withReason(binding, reservation, port, error);
  }
}

const acquireCall = 'WSAIoctl(SIO_ACQUIRE_PORT_RESERVATION)';
const associateCall = 'WSAIoctl(SIO_ASSOCIATE_PORT_RESERVATION)';

/**
 * Opens a socket. Windows may refuse the association because of the address family; if the reservation can move to that
 * family, it does, and the socket is opened once more.
 */
async function tryToOpen(
  binding: NativeBinding,
  reservation: BindInside & Partial<MovableReservation>,
  endpoint: Endpoint,
): Promise<BoundSocket | CallFailure> {
  const { protocol, token } = reservation;
  let opened = await openOnce(binding, protocol, token, endpoint);
  if (isCallFailure(opened) && opened.call === associateCall && token !== undefined) {
    const other = await reservation[tokenFor]?.(endpoint.family, token);
    if (isCallFailure(other)) return other;
    if (other !== undefined) opened = await openOnce(binding, protocol, other, endpoint);
  }
  if (!isCallFailure(opened)) reservation[noteUse]?.();
  return opened;
}

async function openOnce(
  binding: NativeBinding,
  protocol: Protocol,
  token: bigint | undefined,
  { family, address, port, ipv6Only }: Endpoint,
): Promise<BoundSocket | CallFailure> {
  const opened = await binding.openSocket(
    socketRequest(protocol, family, { associate: token, bind: bindRequest(address, port, ipv6Only) }),
  );
  if (isCallFailure(opened)) return opened;
  const bound = opened.address;
  if (!bound) throw new Error('The binding bound a socket but did not return its address.');
  return { native: opened.socket, family, address: bound.address, port: ntohs(bound.portNetworkOrder) };
}
