// SPDX-License-Identifier: MIT
export { isElevated, isSupported } from './binding.js';
export { errorCodes, type ErrorRow, type Win32ErrorCode } from './error-codes.js';
export {
  PortReservationError,
  type CallContext,
  type PackageErrorCode,
  type PortReservationErrorCode,
  type PortReservationErrorDetails,
} from './errors.js';
export { bind } from './bind.js';
export { connect } from './connect.js';
export {
  addExcludedPortRange,
  deleteExcludedPortRange,
  getDynamicPortRange,
  listExcludedPortRanges,
  type DynamicPortRangeOptions,
  type ExcludedPortRangeOptions,
  type ListExcludedPortRangesOptions,
} from './excluded-port-ranges.js';
export { explainListenError, explainPort, type ExplainPortOptions } from './explain-port.js';
export type { PortableOptions } from './fallback.js';
export { findFreePorts, type FindFreePortsOptions, type FoundPorts, type FreePorts } from './find-free-ports.js';
export { listen, listenOnEach, type ListeningServer, type ListenOptions } from './listen.js';
export { PersistentPortReservation } from './persistent-port-reservation.js';
export type { ReservationToken } from './reservation.js';
export {
  PersistentPortReservationPair,
  RuntimePortReservationPair,
  type AcquirePairOptions,
} from './port-reservation-pair.js';
export { RuntimePortReservation, type AcquireRuntimeOptions } from './runtime-port-reservation.js';
export type { ConnectOptions, SocketOptions } from './socket-arguments.js';
export {
  createPersistentTcpPortReservation,
  createPersistentUdpPortReservation,
  deletePersistentTcpPortReservation,
  deletePersistentUdpPortReservation,
  lookupPersistentTcpPortReservation,
  lookupPersistentUdpPortReservation,
} from './persistent-calls.js';
export {
  listGuestPortReservations,
  listPortOwners,
  type GuestPortReservation,
  type ListPortOwnersOptions,
  type PortOwner,
  type TcpState,
} from './port-owners.js';
export { parseExcludedPortRanges } from './parse-excluded-port-ranges.js';
export type { ExcludedPortRange, PortBlock, PortRange, Protocol } from './port-block.js';
export type { PortAdvice, PortCause, PortEvidence, PortExplanation } from './port-explanation.js';
export {
  ReservationSocket,
  type AcquiredPortBlock,
  type AcquireOptions,
  type BindOptions,
  type ReservationSocketOptions,
} from './reservation-socket.js';
