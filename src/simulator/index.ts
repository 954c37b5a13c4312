// SPDX-License-Identifier: MIT
export type { PortBlock, PortRange, Protocol } from '../common/ports.js';
export type { Assumption } from './model/assumption.js';
export { assumptions, type AssumptionName, type Assumptions } from './model/assumptions.js';
export { install, type Installation, type InstallOptions } from './install.js';
export type { MachineOptions } from './model/machine-state.js';
export {
  SimulatedWindows,
  type ExcludedPortRangeRow,
  type PersistentReservationRow,
  type ProcessOptions,
} from './model/machine.js';
export type { BoundSocketRow } from './model/port-owners.js';
export { SimulatedProcess, type AcquiredBlock } from './model/process.js';
export type { ReservationKind } from './model/records.js';
export { Refusal } from './model/refusal.js';
export type { SavedMachine } from './model/saved-machine.js';
