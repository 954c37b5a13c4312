// SPDX-License-Identifier: MIT
export type { PortBlock, PortRange, Protocol } from '../port-block.js';
export type { Assumption } from './assumption.js';
export { assumptions, type AssumptionName, type Assumptions } from './assumptions.js';
export { install, type Installation, type InstallOptions } from './install.js';
export type { MachineOptions } from './machine-state.js';
export {
  SimulatedWindows,
  type ExcludedPortRangeRow,
  type PersistentReservationRow,
  type ProcessOptions,
} from './machine.js';
export type { BoundSocketRow } from './port-owners.js';
export { SimulatedProcess, type AcquiredBlock } from './process.js';
export type { ReservationKind } from './records.js';
export { Refusal } from './refusal.js';
export type { SavedMachine } from './saved-machine.js';
