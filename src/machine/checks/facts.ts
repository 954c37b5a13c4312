// SPDX-License-Identifier: MIT
import type { GuestPortReservation, PortOwner } from '../../calls/port-owners.js';
import type { ServiceState } from '../../calls/services.js';
import type { ExcludedPortRange, PortRange, Protocol } from '../../common/ports.js';
import type { Fact } from '../../explain/facts/facts.js';
import type { Obstacle } from '../obstacles.js';

/** Everything that the checks are made from, gathered at once. Each fact can fail by itself. */
export interface MachineFacts {
  /** The TCP ports to look at, in ascending order. */
  readonly ports: readonly number[];
  /** Whether a simulated Windows answers. */
  readonly simulated: boolean;
  readonly addon: Fact<true>;
  readonly elevated: Fact<boolean>;
  readonly ranges: Fact<readonly ExcludedPortRange[]>;
  readonly dynamicRanges: readonly DynamicRangeFact[];
  readonly maxUserPort: Fact<number | undefined>;
  readonly owners: Fact<readonly PortOwner[]>;
  /** Undefined if this version of Windows does not list them. */
  readonly guests: Fact<readonly GuestPortReservation[] | undefined>;
  /** Everything that is in the way of the ports. */
  readonly obstacles: Fact<readonly Obstacle[]>;
  /** The ports without an obstacle at which a test bind was refused. */
  readonly refused: Fact<readonly RefusedPort[]>;
  /** The file names of the programs that run. */
  readonly programs: Fact<readonly string[]>;
  readonly services: Readonly<Record<CheckedService, Fact<ServiceState | undefined>>>;
  /** Undefined where there is no wsl.exe. */
  readonly wsl: Fact<WslFacts | undefined>;
  readonly node: NodeFacts;
}

export interface DynamicRangeFact {
  readonly protocol: Protocol;
  readonly family: 4 | 6;
  readonly range: Fact<PortRange>;
}

export interface RefusedPort {
  readonly port: number;
  readonly errorNumber: number;
}

/** The services by their names; the state of one that is not installed is undefined. */
export type CheckedService = 'winnat' | 'hns' | 'http';

export interface WslFacts {
  /** Undefined where `wsl --version` failed: WSL is not installed, or is the old one that is part of Windows. */
  readonly version: string | undefined;
  /** The distributions that run. */
  readonly distributions: readonly string[];
  /** The mode that a running distribution told. */
  readonly mode: string | undefined;
  /** The mode in `.wslconfig`, or the default; undefined where that file says nothing about this machine. */
  readonly configuredMode: string | undefined;
}

export interface NodeFacts {
  /** As in `process.versions.node`. */
  readonly version: string;
  /** The value of NODE_OPTIONS; empty where it is not set. */
  readonly options: string;
  /** The value to set; undefined where the file that it names is not there. */
  readonly explainingOptions: string | undefined;
}
