// SPDX-License-Identifier: MIT
export { isElevated, isSupported } from './binding.js';
export type { ReservationToken } from './bound-socket.js';
export { errorCodes, type ErrorRow, type Win32ErrorCode } from './error-codes.js';
export {
  PortReservationError,
  type CallContext,
  type PackageErrorCode,
  type PortReservationErrorCode,
  type PortReservationErrorDetails,
} from './errors.js';
export { listen, type ListenOptions } from './listen.js';
export {
  createPersistentTcpPortReservation,
  createPersistentUdpPortReservation,
  deletePersistentTcpPortReservation,
  deletePersistentUdpPortReservation,
  lookupPersistentTcpPortReservation,
  lookupPersistentUdpPortReservation,
} from './persistent-calls.js';
export type { PortBlock, Protocol } from './port-block.js';
export {
  ReservationSocket,
  type AcquiredPortBlock,
  type AcquireOptions,
  type BindOptions,
  type ReservationSocketOptions,
} from './reservation-socket.js';
