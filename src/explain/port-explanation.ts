// SPDX-License-Identifier: MIT
import type { ExcludedPortRange, Protocol } from '../common/ports.js';
import type { PortOwner } from '../calls/port-owners.js';

/**
 * The reason why a port can or cannot be bound:
 *
 * - `free`: a test bind just succeeded, and nothing keeps a program from reserving the port.
 * - `in-use`: a socket of the process in `owners` uses the port. It can still be `bindable`, at another address.
 * - `exclusive-use`: a socket uses the port exclusively, so Windows answers as for a reservation (`EACCES`).
 * - `foreign-range`: the port lies in a range reserved by a part of Windows (WinNAT, HNS, http.sys) or another program.
 * - `administered-range`: an administrator excluded the port. Any program can bind it by number; no program can reserve it.
 * - `persistent-reservation`: the port is reserved; only an elevated process that looks up the token can bind it.
 * - `runtime-reservation`: this process itself has reserved the port, and binds it with the reservation.
 * - `guest-reservation`: a virtual machine or a container has the port, for instance WSL with mirrored networking.
 * - `not-listed`: Windows refuses the port, but neither a list nor a process explains why.
 * - `not-elevated`: a process that is not elevated tried to create, delete or bind a persistent reservation.
 * - `privileged-port`: a host that is not Windows keeps ports below 1024 for root.
 * - `address-not-available`: the host is not an address of this machine.
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

/** A question to the machine, and its answer. */
export interface PortEvidence {
  /** The call or the command, for instance `bind` or `netsh interface ipv4 show excludedportrange`. */
  readonly source: string;
  readonly finding: string;
}

/** A way to get a port. */
export interface PortAdvice {
  /** The action, in one sentence. */
  readonly text: string;
  /** The command lines that do it, in order. */
  readonly commands?: readonly string[];
  /** The call of this package that does it. */
  readonly call?: string;
  /** Whether the action needs an elevated process. */
  readonly elevated: boolean;
  /** The damage or cost of the action; absent if it costs nothing. */
  readonly cost?: string;
}

/** The reason why a port can or cannot be bound, with advice. */
export interface PortExplanation {
  readonly protocol: Protocol;
  /** 1 to 65535; 0 if the cause is `not-elevated` and Windows was to choose the port. */
  readonly port: number;
  /** The address or the name that was asked for; absent for every address of the machine. */
  readonly host?: string;
  readonly cause: PortCause;
  /** Whether a test bind of this process just succeeded. */
  readonly bindable: boolean;
  /** The certainty of the cause: `certain` if Windows itself named it, `possible` if it is a guess. */
  readonly certainty: 'certain' | 'likely' | 'possible';
  /** The explanation in one plain sentence. */
  readonly sentence: string;
  /** The listed range that contains the port. */
  readonly range?: ExcludedPortRange;
  /** The processes that use the port. */
  readonly owners: readonly PortOwner[];
  readonly evidence: readonly PortEvidence[];
  /** The best way first. */
  readonly advice: readonly PortAdvice[];
}
