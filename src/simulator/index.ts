// SPDX-License-Identifier: MIT
/**
 * A simulated Windows on which every call of this package works, on any system, for tests.
 *
 * @module
 */
export type { PortBlock, PortRange, Protocol } from '../common/ports.js';
export type { Assumption } from './model/assumption.js';
export { assumptions, type AssumptionName, type Assumptions } from './model/assumptions.js';
export { install, type Installation, type InstallOptions } from './install.js';
export type { HostPorts, MachineOptions } from './model/machine-state.js';
export type { ExcludedPortRangeRow } from './model/listing.js';
export { SimulatedWindows, type PersistentReservationRow } from './model/machine.js';
export type { ContainerOptions, ContainerRow, SimulatedDocker } from './model/docker.js';
export type { SimulatedHttpSys } from './model/http-sys.js';
export type { ListenerOptions, ProcessOptions } from './model/machine-processes.js';
export type { BoundSocketRow } from './model/port-owners.js';
export { SimulatedProcess, type AcquiredBlock } from './model/process.js';
export type { SimulatedProcesses } from './model/processes.js';
export type { ProcessDescription, ReservationKind } from './model/records.js';
export { Refusal } from './model/refusal.js';
export type { SimulatedRegistry } from './model/registry.js';
export type { SavedMachine } from './model/saved-machine.js';
export type { ServiceBehavior, ServiceOptions, ServiceStatusRow, SimulatedServices } from './model/services.js';
export type { SimulatedWinNat } from './model/win-nat.js';
export type { DistributionRow, LinuxListenerRow, SimulatedWsl, WslMode, WslOptions } from './model/wsl.js';
