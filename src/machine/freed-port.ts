// SPDX-License-Identifier: MIT
import type { PortOwner } from '../calls/port-owners.js';
import type { Protocol } from '../common/ports.js';

/** A port that no process has any more, and that can be bound. */
export interface FreedPort {
  readonly protocol: Protocol;
  readonly port: number;
  /** The processes that had the port; none where it was free already. */
  readonly owners: readonly PortOwner[];
  /** The ids of the processes that were ended, those of a tree included. */
  readonly endedProcessIds: readonly number[];
  readonly stoppedServices: readonly string[];
}
