// SPDX-License-Identifier: MIT
import type { ExcludedPortRange, Protocol } from '../common/ports.js';
import type { PortOwner } from '../calls/port-owners.js';

/**
 * Why a port can or cannot be had:
 *
 * - `free`: a bind worked a moment ago, and nothing keeps reservations away.
 * - `in-use`: a socket has it, of the process in `owners`. It can be `bindable` all the same, at another address.
 * - `exclusive-use`: a socket has it for itself alone, so that Windows answers as for a reservation (`EACCES`).
 * - `foreign-range`: it lies in a range that a part of Windows (WinNAT, HNS, http.sys) or another program has reserved.
 * - `administered-range`: an administrator excluded it. A program that names it can bind it; nobody can reserve it.
 * - `persistent-reservation`: it is reserved, and only an elevated process that looks up the token can bind it.
 * - `runtime-reservation`: this very process has reserved it, and binds it with the reservation.
 * - `guest-reservation`: a virtual machine or a container has it, WSL with mirrored networking for instance.
 * - `not-listed`: refused, and neither a list nor a process says why.
 * - `not-elevated`: a persistent reservation was made, deleted or bound inside by a process that is not elevated.
 * - `privileged-port`: a host that is not Windows gives ports below 1024 to root alone.
 * - `address-not-available`: the host is no address of this machine.
 */
export type PortCause =
  | 'free'
  | 'in-use'
  | 'exclusive-use'
  | 'foreign-range'
  | 'administered-range'
  | 'persistent-reservation'
  | 'runtime-reservation'
  | 'guest-reservation'
  | 'not-listed'
  | 'not-elevated'
  | 'privileged-port'
  | 'address-not-available';

/** What was asked, and what the answer was. */
export interface PortEvidence {
  /** The call or the command, for instance `bind` or `netsh interface ipv4 show excludedportrange`. */
  readonly source: string;
  readonly finding: string;
}

/** One way to a port. */
export interface PortAdvice {
  /** What to do, in a sentence. */
  readonly text: string;
  /** The command lines that do it, in their order. */
  readonly commands?: readonly string[];
  /** The call of this package that does it. */
  readonly call?: string;
  /** Whether it needs an elevated process. */
  readonly elevated: boolean;
  /** What it breaks or takes; absent where it costs nothing. */
  readonly cost?: string;
}

/** Why a port can or cannot be had, and what to do. */
export interface PortExplanation {
  readonly protocol: Protocol;
  /** 1 to 65535; 0 where the cause is `not-elevated` and the choice was left to Windows. */
  readonly port: number;
  /** The address or the name that was asked for; absent for every address of the machine. */
  readonly host?: string;
  readonly cause: PortCause;
  /** Whether a bind of this process worked a moment ago. */
  readonly bindable: boolean;
  /** How sure the cause is: `certain` where Windows itself named it, `possible` where it is a guess. */
  readonly certainty: 'certain' | 'likely' | 'possible';
  /** All of it in one plain sentence. */
  readonly sentence: string;
  /** The listed range that the port lies in. */
  readonly range?: ExcludedPortRange;
  /** The processes that have the port. */
  readonly owners: readonly PortOwner[];
  readonly evidence: readonly PortEvidence[];
  /** The best way first. */
  readonly advice: readonly PortAdvice[];
}
