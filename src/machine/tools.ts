// SPDX-License-Identifier: MIT
import type { Service } from '../calls/services.js';
import type { Guard } from './guard.js';
import type { Clock } from './wait.js';

/** The calls that the protection of ports makes to the machine, besides those about ports. Tests replace them. */
export interface MachineTools {
  readonly clock: Clock;
  /** The name of the service that holds the blocks of Hyper-V, WSL and Docker; tests install one of their own. */
  readonly winNat: string;
  readonly services: ServiceTools;
  /** The file names of the programs that run, for instance `vmwp.exe`. */
  listPrograms(): Promise<readonly string[]>;
  /** The distributions of WSL that run; none where there is no WSL. */
  listRunningDistributions(): Promise<readonly string[]>;
  shutDownWsl(signal: AbortSignal | undefined): Promise<void>;
  /** Starts the process that starts the service again when this one dies. */
  startGuard(service: string): Promise<Guard>;
}

/** The calls of the Service Control Manager. */
export interface ServiceTools {
  query(name: string): Promise<Service>;
  start(name: string): Promise<void>;
  stop(name: string): Promise<unknown>;
}
