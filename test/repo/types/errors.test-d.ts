// SPDX-License-Identifier: MIT
import { expectTypeOf } from 'vitest';
import {
  errorCodes,
  PortReservationError,
  type CallContext,
  type ErrorRow,
  type ExcludedPortRange,
  type PackageErrorCode,
  type PortReservationErrorCode,
  type PortReservationErrorDetails,
  type Protocol,
  type Win32ErrorCode,
} from 'win-port-reservation';

// Programs compare with these: taking one away, or misspelling one, breaks them.
type CodesOfWindows =
  | 'ERROR_ACCESS_DENIED'
  | 'ERROR_SHARING_VIOLATION'
  | 'ERROR_INVALID_PARAMETER'
  | 'ERROR_NOT_FOUND'
  | 'ERROR_DEPENDENT_SERVICES_RUNNING'
  | 'ERROR_INVALID_SERVICE_CONTROL'
  | 'ERROR_SERVICE_REQUEST_TIMEOUT'
  | 'ERROR_SERVICE_ALREADY_RUNNING'
  | 'ERROR_SERVICE_DISABLED'
  | 'ERROR_SERVICE_DOES_NOT_EXIST'
  | 'ERROR_SERVICE_CANNOT_ACCEPT_CTRL'
  | 'ERROR_SERVICE_NOT_ACTIVE'
  | 'ERROR_SERVICE_SPECIFIC_ERROR'
  | 'ERROR_PROCESS_ABORTED'
  | 'ERROR_SERVICE_DEPENDENCY_FAIL'
  | 'ERROR_SERVICE_MARKED_FOR_DELETE'
  | 'ERROR_SHUTDOWN_IN_PROGRESS'
  | 'ERROR_CANCELLED'
  | 'WSA_OPERATION_ABORTED'
  | 'WSAEACCES'
  | 'WSAEFAULT'
  | 'WSAEINVAL'
  | 'WSAEINPROGRESS'
  | 'WSAENOTSOCK'
  | 'WSAEOPNOTSUPP'
  | 'WSAEAFNOSUPPORT'
  | 'WSAEADDRINUSE'
  | 'WSAEADDRNOTAVAIL'
  | 'WSAENETDOWN'
  | 'WSAENOBUFS'
  | 'E_ACCESSDENIED';
type CodesOfThisPackage =
  | 'ERR_UNSUPPORTED_PLATFORM'
  | 'ERR_ADDON_NOT_LOADED'
  | 'ERR_ADOPTION_FAILED'
  | 'ERR_SOCKET_CLOSED'
  | 'ERR_SOCKET_NOT_BOUND'
  | 'ERR_SOCKET_ALREADY_BOUND'
  | 'ERR_SERVER_ALREADY_LISTEN'
  | 'ERR_SERVER_CLOSED'
  | 'ERR_RESERVATION_RELEASED'
  | 'ERR_RESERVATION_DELETED'
  | 'ERR_FOREIGN_TOKEN'
  | 'ERR_NETSH_NOT_FOUND'
  | 'ERR_NETSH_TIMEOUT'
  | 'ERR_NETSH_FAILED'
  | 'ERR_NETSH_OUTPUT'
  | 'ERR_TOOL_TIMEOUT'
  | 'ERR_TOOL_FAILED'
  | 'ERR_NO_FREE_PORTS'
  | 'ERR_WINNAT_BLOCK'
  | 'ERR_PORTS_TAKEN'
  | 'ERR_NOT_PROTECTED'
  | 'ERR_FOREIGN_EXCLUSION'
  | 'ERR_SERVICE_FAILED'
  | 'ERR_PROCESS_KEPT'
  | 'ERR_PORT_NOT_FREE'
  | 'ERR_GUARD_FAILED'
  | 'ERR_ELEVATED_PROCESS'
  | 'ERR_SIMULATION'
  | 'ERR_MACHINE_FILE';

expectTypeOf<Extract<Win32ErrorCode, CodesOfWindows>>().toEqualTypeOf<CodesOfWindows>();
expectTypeOf<Extract<PackageErrorCode, CodesOfThisPackage>>().toEqualTypeOf<CodesOfThisPackage>();
expectTypeOf<PortReservationErrorCode>().toEqualTypeOf<Win32ErrorCode | PackageErrorCode | `WIN32_ERROR_${number}`>();
expectTypeOf<'WIN32_ERROR_5'>().toExtend<PortReservationErrorCode>();
expectTypeOf<'WIN32_ERROR_x'>().not.toExtend<PortReservationErrorCode>();
expectTypeOf<'EACCES'>().not.toExtend<PortReservationErrorCode>();
expectTypeOf<string>().not.toExtend<PortReservationErrorCode>();

expectTypeOf<keyof typeof errorCodes>().toEqualTypeOf<Win32ErrorCode>();
expectTypeOf(errorCodes).toExtend<Readonly<Record<Win32ErrorCode, ErrorRow>>>();
expectTypeOf(errorCodes.ERROR_ACCESS_DENIED.errorNumber).toEqualTypeOf<5>();
expectTypeOf<ErrorRow>().toEqualTypeOf<{
  readonly errorNumber: number;
  readonly meaning: string;
  readonly hint: string;
}>();

expectTypeOf<CallContext>().toEqualTypeOf<{
  readonly protocol?: Protocol | undefined;
  readonly startPort?: number | undefined;
  readonly numberOfPorts?: number | undefined;
  readonly token?: bigint | undefined;
  readonly host?: string | undefined;
  readonly serviceName?: string | undefined;
  readonly processId?: number | undefined;
}>();
expectTypeOf<PortReservationErrorDetails>().toExtend<CallContext>();
expectTypeOf<Omit<PortReservationErrorDetails, keyof CallContext>>().toEqualTypeOf<{
  readonly code: PortReservationErrorCode;
  readonly errno?: number | undefined;
  readonly syscall?: string | undefined;
  readonly hint?: string | undefined;
  readonly blocks?: readonly ExcludedPortRange[] | undefined;
  readonly cause?: unknown;
}>();

expectTypeOf<PortReservationError>().toExtend<Error>();
expectTypeOf<ConstructorParameters<typeof PortReservationError>>().toEqualTypeOf<
  [message: string, details: PortReservationErrorDetails]
>();
expectTypeOf<PortReservationError['name']>().toEqualTypeOf<'PortReservationError'>();
expectTypeOf<PortReservationError['code']>().toEqualTypeOf<PortReservationErrorCode>();
expectTypeOf<PortReservationError['errno']>().toEqualTypeOf<number | undefined>();
expectTypeOf<PortReservationError['syscall']>().toEqualTypeOf<string | undefined>();
expectTypeOf<PortReservationError['protocol']>().toEqualTypeOf<Protocol | undefined>();
expectTypeOf<PortReservationError['startPort']>().toEqualTypeOf<number | undefined>();
expectTypeOf<PortReservationError['numberOfPorts']>().toEqualTypeOf<number | undefined>();
expectTypeOf<PortReservationError['token']>().toEqualTypeOf<bigint | undefined>();
expectTypeOf<PortReservationError['host']>().toEqualTypeOf<string | undefined>();
expectTypeOf<PortReservationError['serviceName']>().toEqualTypeOf<string | undefined>();
expectTypeOf<PortReservationError['processId']>().toEqualTypeOf<number | undefined>();
expectTypeOf<PortReservationError['blocks']>().toEqualTypeOf<readonly ExcludedPortRange[] | undefined>();
expectTypeOf<PortReservationError['hint']>().toEqualTypeOf<string | undefined>();

const error = new PortReservationError('It failed.', { code: 'WSAEACCES', errno: 10_013 });
// @ts-expect-error -- a code is one of those above
new PortReservationError('It failed.', { code: 'EACCES' });
// @ts-expect-error -- an error without a code
new PortReservationError('It failed.', {});
// @ts-expect-error -- the properties of an error are read-only
error.code = 'WSAEINVAL';
// @ts-expect-error -- and so is its block
error.startPort = 5000;
// @ts-expect-error -- no error has this code
export const isComparable = error.code === 'ERROR_ACCESS_DENIE';
// @ts-expect-error -- the table is read-only
errorCodes.ERROR_ACCESS_DENIED.errorNumber = 5;

expectTypeOf<PortReservationError['toJSON']>().toEqualTypeOf<() => Record<string, unknown>>();
