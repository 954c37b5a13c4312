// SPDX-License-Identifier: MIT
import { contains } from '../../common/port-ranges.js';
import type { ExcludedPortRange, PortBlock, PortRange, Protocol } from '../../common/ports.js';
import type { GuestPortReservation, PortOwner } from '../../calls/port-owners.js';

/** The question. Plain data, so that another thread can answer it. */
export interface PortQuestion {
  readonly protocol: Protocol;
  /** 0 if the error says only that Windows was to choose the port. */
  readonly port: number;
  /** The address or the name that was asked for; absent for every address of the machine. */
  readonly host?: string | undefined;
  /** The address for the test bind; default the addresses that Node tries without a host. */
  readonly bindTo?: string | undefined;
  /** The earlier refusal, if that is to be explained. */
  readonly refusal?: EarlierRefusal | undefined;
}

/** The error that is to be explained. */
export interface EarlierRefusal {
  /** `listen`, or the exact name of a call of Windows. */
  readonly call: string;
  /** The code of the error: `EACCES`, or a symbol of Windows. */
  readonly code: string;
  /** The error number of Windows. */
  readonly errorNumber: number;
  /** The block of the failed call, if it named more than this port. */
  readonly block?: PortBlock | undefined;
}

/** An answer, or the reason why there is none. Each fact can fail by itself. */
export type Fact<Value> =
  { readonly known: true; readonly value: Value } | { readonly known: false; readonly why: string };

/** A test bind of this process, whose socket was closed right away. */
export interface BindAttempt {
  readonly address: string;
  /** Absent where it is the port of the question. */
  readonly port?: number | undefined;
  /** `bind`, or the call before it that failed. */
  readonly call: string;
  /** 0 if the bind succeeded; absent if Windows was not asked, because the name has no address. */
  readonly errorNumber?: number | undefined;
  /** Node's code for a name that could not be looked up: `ENOTFOUND`, `EAI_AGAIN`. */
  readonly lookupCode?: string | undefined;
}

/** All facts that an explanation is made from. */
export interface PortFacts extends PortQuestion {
  /** In the order of the attempts; the last one decides what `listen` does. */
  readonly attempts: Fact<readonly BindAttempt[]>;
  readonly ranges: Fact<readonly ExcludedPortRange[]>;
  readonly dynamicRange: Fact<PortRange>;
  /** The registry value that widens the dynamic range; asked only where the range is wider than usual. */
  readonly maxUserPort?: Fact<number | undefined> | undefined;
  /** The sockets on the port. */
  readonly owners: Fact<readonly PortOwner[]>;
  readonly elevated: Fact<boolean>;
  /** The runtime reservation of this thread that the port lies in. */
  readonly ownBlock?: PortBlock | undefined;
  readonly processId: number;
  /** The platform of the real sockets, which is another one under a simulated Windows. */
  readonly platform: NodeJS.Platform;

  // The facts below are gathered only if those above do not settle the cause.

  /** The persistent reservation that the port lies in. */
  readonly persistent?: Fact<PortBlock | undefined> | undefined;
  /** The sockets on ports of the listed range. */
  readonly neighbors?: Fact<readonly PortOwner[]> | undefined;
  /** Undefined if this version of Windows does not list them. */
  readonly guests?: Fact<readonly GuestPortReservation[] | undefined> | undefined;
  /** A port that is in no list, and for which a test bind succeeded. */
  readonly nearbyPort?: number | undefined;
}

export function valueOf<Value>(fact: Fact<Value> | undefined): Value | undefined {
  return fact?.known === true ? fact.value : undefined;
}

/** The listed range that the port lies in. */
export function rangeOf({ ranges, port }: Pick<PortFacts, 'ranges' | 'port'>): ExcludedPortRange | undefined {
  return valueOf(ranges)?.find((range) => contains(range, port));
}

/** Whether a socket listens. A connection uses the port too, but does not listen. */
export function isListening({ protocol, state }: PortOwner): boolean {
  return protocol === 'udp' || state === 'LISTEN';
}

/** The attempt that counts, if there was one. */
export function lastAttempt({ attempts }: Pick<PortFacts, 'attempts'>): BindAttempt | undefined {
  return valueOf(attempts)?.at(-1);
}
