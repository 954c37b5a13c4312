// SPDX-License-Identifier: MIT
import type { ExcludedPortRange, PortBlock, PortRange, Protocol } from '../../common/ports.js';
import type { GuestPortReservation, PortOwner } from '../../calls/port-owners.js';

/** What is asked about. Plain data, so that another thread can find the answer. */
export interface PortQuestion {
  readonly protocol: Protocol;
  /** 0 where an error says nothing else than that the choice was left to Windows. */
  readonly port: number;
  /** The address or the name that was asked for; absent for every address of the machine. */
  readonly host?: string | undefined;
  /** Where to try a bind, default as Node does without a host. */
  readonly bindTo?: string | undefined;
  /** What was refused earlier, where that is to be explained. */
  readonly refusal?: EarlierRefusal | undefined;
}

/** The error that is to be explained. */
export interface EarlierRefusal {
  /** `listen`, or the exact name of a call of Windows. */
  readonly call: string;
  /** As the error has it: `EACCES`, or a symbol of Windows. */
  readonly code: string;
  /** The number of Windows for it. */
  readonly errorNumber: number;
  /** The block that the call was about, where it was about more than the one port. */
  readonly block?: PortBlock | undefined;
}

/** Something that was asked, and either the answer or why there is none: each fact can fail by itself. */
export type Fact<Value> =
  { readonly known: true; readonly value: Value } | { readonly known: false; readonly why: string };

/** A bind of this process, whose socket was closed right away. */
export interface BindAttempt {
  readonly address: string;
  /** `bind`, or the call before it that failed. */
  readonly call: string;
  /** 0 where it worked; absent where Windows gave none, because a name has no address. */
  readonly errorNumber?: number | undefined;
  /** What Node says of a name that could not be looked up: `ENOTFOUND`, `EAI_AGAIN`. */
  readonly lookupCode?: string | undefined;
}

/** Everything that an explanation is made of. */
export interface PortFacts extends PortQuestion {
  /** In their order; the last one is what `listen` comes to. */
  readonly attempts: Fact<readonly BindAttempt[]>;
  readonly ranges: Fact<readonly ExcludedPortRange[]>;
  readonly dynamicRange: Fact<PortRange>;
  /** Who has the port. */
  readonly owners: Fact<readonly PortOwner[]>;
  readonly elevated: Fact<boolean>;
  /** The runtime reservation of this thread that the port lies in. */
  readonly ownBlock?: PortBlock | undefined;
  readonly processId: number;
  /** Of the system that the sockets are on; a simulated Windows stands on another. */
  readonly platform: NodeJS.Platform;

  // What is asked only where the above does not settle it.

  /** The persistent reservation that the port lies in. */
  readonly persistent?: Fact<PortBlock | undefined> | undefined;
  /** Who has ports of the listed range. */
  readonly neighbours?: Fact<readonly PortOwner[]> | undefined;
  /** Undefined where this Windows does not list them. */
  readonly guests?: Fact<readonly GuestPortReservation[] | undefined> | undefined;
  /** A port that could be bound a moment ago, and that is in no list. */
  readonly nearbyPort?: number | undefined;
}

export function valueOf<Value>(fact: Fact<Value> | undefined): Value | undefined {
  return fact?.known === true ? fact.value : undefined;
}

export function contains({ startPort, numberOfPorts }: PortRange, port: number): boolean {
  return startPort <= port && port < startPort + numberOfPorts;
}

/** The listed range that the port lies in. */
export function rangeOf({ ranges, port }: Pick<PortFacts, 'ranges' | 'port'>): ExcludedPortRange | undefined {
  return valueOf(ranges)?.find(({ startPort, endPort }) => startPort <= port && port <= endPort);
}

/** A connection has the port too, without a socket that listens. */
export function isListening({ protocol, state }: PortOwner): boolean {
  return protocol === 'udp' || state === 'LISTEN';
}

/** The attempt that counts, if there was one. */
export function lastAttempt({ attempts }: Pick<PortFacts, 'attempts'>): BindAttempt | undefined {
  return valueOf(attempts)?.at(-1);
}
