// SPDX-License-Identifier: MIT
/**
 * Reserves ports on Windows, opens sockets inside reservations, and says why a program cannot bind a port.
 *
 * @module
 */
export { isElevated, isSupported } from './windows/binding.js';
export { errorCodes, type ErrorRow, type Win32ErrorCode } from './common/error-codes.js';
export {
  PortReservationError,
  type CallContext,
  type PackageErrorCode,
  type PortReservationErrorCode,
  type PortReservationErrorDetails,
} from './common/errors.js';
export { bind } from './sockets/bind.js';
export { connect } from './sockets/connect.js';
export {
  addExcludedPortRange,
  deleteExcludedPortRange,
  getDynamicPortRange,
  listExcludedPortRanges,
  type DynamicPortRangeOptions,
  type ExcludedPortRangeOptions,
  type ListExcludedPortRangesOptions,
} from './calls/excluded-port-ranges.js';
export { explainListenError, explainPort, type ExplainPortOptions } from './explain/explain-port.js';
export { checkMachine, type CheckMachineOptions } from './machine/check-machine.js';
export type { MachineCheck, MachineCheckName } from './machine/machine-check.js';
export { protectPorts, unprotectPorts, type UnprotectPortsOptions } from './machine/protect-ports.js';
export type { ProtectedPorts, ProtectPortsOptions } from './machine/protected-ports.js';
export { freePort, type FreePortOptions } from './machine/free-port.js';
export type { FreedPort } from './machine/freed-port.js';
export type { ProtectionStep } from './machine/plan.js';
export type { ProtectionProgress } from './machine/run-plan.js';
export type { PortableOptions } from './reservations/portable.js';
export { findFreePorts, type FindFreePortsOptions, type FoundPorts } from './reservations/find-free-ports.js';
export type { FreePorts } from './search/search-ports.js';
export { listen, listenOnEach, type ListeningServer, type ListenOptions } from './sockets/listen.js';
export { PersistentPortReservation } from './reservations/persistent.js';
export type { ReservationToken } from './sockets/reservation-token.js';
export {
  PersistentPortReservationPair,
  RuntimePortReservationPair,
  type AcquirePairOptions,
} from './reservations/pair.js';
export { RuntimePortReservation, type AcquireRuntimeOptions } from './reservations/runtime.js';
export type { ConnectOptions, SocketOptions } from './sockets/socket-arguments.js';
export {
  createPersistentTcpPortReservation,
  createPersistentUdpPortReservation,
  deletePersistentTcpPortReservation,
  deletePersistentUdpPortReservation,
  lookupPersistentTcpPortReservation,
  lookupPersistentUdpPortReservation,
} from './calls/persistent-calls.js';
export {
  listGuestPortReservations,
  listPortOwners,
  type GuestPortReservation,
  type ListPortOwnersOptions,
  type PortOwner,
  type TcpState,
} from './calls/port-owners.js';
export type { OwnerDetails, ParentProcess } from './calls/owner-details.js';
export { parseExcludedPortRanges } from './calls/parse-excluded-port-ranges.js';
export type { ExcludedPortRange, PortBlock, PortRange, Protocol } from './common/ports.js';
export type { PortAdvice, PortCause, PortEvidence, PortExplanation } from './explain/port-explanation.js';
export {
  ReservationSocket,
  type AcquiredPortBlock,
  type AcquireOptions,
  type BindOptions,
  type ReservationSocketOptions,
} from './calls/reservation-socket.js';
