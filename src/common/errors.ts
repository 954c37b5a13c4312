// SPDX-License-Identifier: MIT
import { invalidType, take } from './arguments.js';
import { errorCodes, findErrorCode, type Win32ErrorCode } from './error-codes.js';
import { hintOf } from './error-hints.js';
import { fieldsForJson } from './json.js';
import { portsText } from './port-ranges.js';
import type { ExcludedPortRange, Protocol } from './ports.js';
import { printable, printableLines } from './printable.js';

/** Lists the package's own codes, for failures that Windows did not report. */
export const packageErrorCodes = {
  ERR_UNSUPPORTED_PLATFORM: 'This platform has no port reservations.',
  ERR_ADDON_NOT_LOADED: 'The native addon could not be loaded.',
  ERR_ADOPTION_FAILED: 'The socket could not be handed over.',
  ERR_SOCKET_CLOSED: 'The socket is closed.',
  ERR_SOCKET_NOT_BOUND: 'The socket is not bound.',
  ERR_SOCKET_ALREADY_BOUND: 'The socket is already bound.',
  ERR_SERVER_ALREADY_LISTEN: 'The server is already listening.',
  ERR_SERVER_CLOSED: 'The server was closed before it could listen.',
  ERR_RESERVATION_RELEASED: 'The reservation was released.',
  ERR_RESERVATION_DELETED: 'The reservation was deleted.',
  ERR_FOREIGN_TOKEN: 'The reservation belongs to another process.',
  ERR_NO_FREE_PORTS: 'No free block of this size was found.',
  ERR_NETSH_NOT_FOUND: 'netsh.exe was not found.',
  ERR_NETSH_TIMEOUT: 'netsh did not finish in time and was killed.',
  ERR_NETSH_FAILED: 'netsh failed.',
  ERR_NETSH_OUTPUT: 'The output of netsh was not understood.',
  ERR_TOOL_TIMEOUT: 'A program did not finish in time and was killed.',
  ERR_TOOL_FAILED: 'A program failed.',
  ERR_WINNAT_BLOCK: 'The ports lie in a block of WinNAT, which has to be stopped for a moment.',
  ERR_PORTS_TAKEN: 'The ports cannot be excluded.',
  ERR_NOT_PROTECTED: 'The ports are not protected.',
  ERR_FOREIGN_EXCLUSION: 'This package did not exclude the ports.',
  ERR_SERVICE_FAILED: 'A service did not start or stop.',
  ERR_PROCESS_KEPT: 'The process that has the port was not ended.',
  ERR_PORT_NOT_FREE: 'The port is not free.',
  ERR_GUARD_FAILED: 'The process that would start WinNAT again could not be started, so WinNAT was not stopped.',
  ERR_ELEVATED_PROCESS: 'The elevated process did not report its result.',
  ERR_SIMULATION: 'The simulated Windows cannot do this.',
  ERR_MACHINE_FILE: 'The file of the simulated machine cannot be used.',
} as const;

/** A code of this package, for a failure that Windows did not report. */
export type PackageErrorCode = keyof typeof packageErrorCodes;

/**
 * The `code` of a {@link PortReservationError}: the symbol of winerror.h or winsock2.h, `WIN32_ERROR_<n>` for a number
 * without a row in the table, or a code of this package for a failure that Windows did not report.
 */
export type PortReservationErrorCode = Win32ErrorCode | `WIN32_ERROR_${number}` | PackageErrorCode;

/** The block, port, token, service or process of a call. */
export interface CallContext {
  readonly protocol?: Protocol | undefined;
  readonly startPort?: number | undefined;
  readonly numberOfPorts?: number | undefined;
  readonly token?: bigint | undefined;
  readonly host?: string | undefined;
  readonly serviceName?: string | undefined;
  readonly processId?: number | undefined;
}

export interface PortReservationErrorDetails extends CallContext {
  readonly code: PortReservationErrorCode;
  readonly errno?: number | undefined;
  readonly syscall?: string | undefined;
  readonly hint?: string | undefined;
  readonly blocks?: readonly ExcludedPortRange[] | undefined;
  readonly cause?: unknown;
}

/** The details of an error by the type of each. */
const detailTypes = {
  ...({ code: 'string', errno: 'number', syscall: 'string', protocol: 'string', startPort: 'number' } as const),
  ...({ numberOfPorts: 'number', token: 'bigint', host: 'string', serviceName: 'string' } as const),
  ...({ processId: 'number', blocks: 'array', hint: 'string', cause: undefined } as const),
} satisfies Record<keyof PortReservationErrorDetails, string | undefined>;
const detailNames = Object.keys(detailTypes) as (keyof PortReservationErrorDetails)[];

/** Makes a copy of the caller's details, and checks the type of each. */
function takeDetails(value: unknown): PortReservationErrorDetails {
  const details = take('details', value, detailNames);
  for (const name of detailNames) {
    const [type, detail] = [detailTypes[name], details[name]];
    if (type === undefined || (detail === undefined && name !== 'code')) continue;
    const isRight = type === 'array' ? Array.isArray(detail) : typeof detail === type;
    if (!isRight) throw invalidType(`details.${name}`, `of the type ${type}`, detail);
  }
  return details as unknown as PortReservationErrorDetails;
}

/**
 * Reports why a call of this package failed.
 *
 * @example
 * try {
 *   await createPersistentTcpPortReservation(5000, 20);
 * } catch (error) {
 *   if (error instanceof PortReservationError && error.code === 'ERROR_SHARING_VIOLATION') console.error(error.hint);
 * }
 */
export class PortReservationError extends Error {
  override readonly name = 'PortReservationError';
  /** The symbol of the error, for instance `ERROR_SHARING_VIOLATION`. */
  readonly code: PortReservationErrorCode;
  /** The number that Windows gave; absent where Windows did not refuse the call. */
  declare readonly errno?: number;
  /** The Windows function that refused, for instance `CreatePersistentTcpPortReservation`. */
  declare readonly syscall?: string;
  declare readonly protocol?: Protocol;
  /** First port of the failed call's block, or its port. */
  declare readonly startPort?: number;
  declare readonly numberOfPorts?: number;
  declare readonly token?: bigint;
  declare readonly host?: string;
  /** The service of the failed call. */
  declare readonly serviceName?: string;
  /** The process of the failed call. */
  declare readonly processId?: number;
  /** With `ERROR_SHARING_VIOLATION`: the listed ranges that overlap the block. */
  declare readonly blocks?: readonly ExcludedPortRange[];
  /** Tells how to fix the problem. */
  declare readonly hint?: string;

  /**
   * Makes an error of this kind, for code that replaces a function of this package, for instance in a test.
   *
   * @param message - Names the failed call and its block.
   * @param details - `code`, and those of the other properties that are known.
   * @throws TypeError `ERR_INVALID_ARG_TYPE`: the message or a detail has another type.
   */
  constructor(message: string, details: PortReservationErrorDetails) {
    if (typeof message !== 'string') throw invalidType('message', 'a string', message);
    const { cause, ...given } = takeDetails(details);
    const properties = { ...given, hint: given.hint && printableLines(given.hint) };
    super(printableLines(message), cause === undefined ? undefined : { cause });
    this.code = given.code;
    for (const [key, value] of Object.entries(properties)) {
      if (value !== undefined) Object.defineProperty(this, key, { value, enumerable: true });
    }
  }

  /**
   * Gives `JSON.stringify` the properties, including `message` and `cause`. The token becomes a decimal string, because
   * JSON has no bigints. The stack is left out, as with other errors. This method does not ask Windows.
   *
   * @returns A plain object.
   * @throws Nothing: a value that JSON cannot hold, for instance a circle of causes, is cut.
   * @example
   * console.log(JSON.stringify(error)); // {"name":"PortReservationError","message":"...","code":"WSAEACCES",...}
   */
  toJSON(): Record<string, unknown> {
    return fieldsForJson(this);
  }
}

/** A call that Windows refused: its exact name, and the error number read right after it on the same thread. */
export interface CallFailure {
  readonly call: string;
  readonly errorNumber: number;
}

/** Tells whether an error is of this package and has the code. */
export function hasCode(error: unknown, code: PortReservationErrorCode): error is PortReservationError {
  return error instanceof PortReservationError && error.code === code;
}

export function isCallFailure(result: unknown): result is CallFailure {
  return typeof result === 'object' && result !== null && 'errorNumber' in result;
}

/** Makes the error for a call that Windows refused: `<call> <symbol>: <the system's text> [<block, port, token, service or process>]`. */
export function errorFromFailure(
  binding: { formatMessage(errorNumber: number): string },
  failure: CallFailure,
  context: CallContext,
): PortReservationError {
  const { call, errorNumber } = failure;
  const code = findErrorCode(errorNumber);
  const text = binding.formatMessage(errorNumber) || (code ? errorCodes[code].meaning : 'Windows has no text for it.');
  const about = describe(context);
  const message = `${call} ${code ?? `error ${errorNumber}`}: ${text}${about === '' ? '' : ` [${about}]`}`;
  return new PortReservationError(message, {
    ...context,
    code: code ?? `WIN32_ERROR_${errorNumber}`,
    errno: errorNumber,
    syscall: call,
    hint: code ? hintOf(call, code) : unknownNumberHint(errorNumber),
  });
}

/** `net helpmsg` knows no HRESULTs; certutil does. */
function unknownNumberHint(errorNumber: number): string {
  const command = errorNumber < 0x10000 ? `net helpmsg ${errorNumber}` : `certutil -error ${errorNumber}`;
  return `This package has no hint for this error. This command explains the number: ${command}`;
}

/** Makes the error for a failure that Windows did not report. */
export function packageError(
  code: PackageErrorCode,
  hint: string,
  details: CallContext & { cause?: unknown } = {},
): PortReservationError {
  // A path or another error in the hint may contain line breaks; the hint stays on one line.
  const shown = printable(hint);
  return new PortReservationError(`${packageErrorCodes[code]} ${shown}`, { ...details, code, hint: shown });
}

/** Makes the same error with other details, and with one more sentence at the end of its message. */
export function extendError(
  error: PortReservationError,
  details: Partial<PortReservationErrorDetails>,
  sentence = '',
): PortReservationError {
  const own = Object.fromEntries(detailNames.map((name) => [name, error[name]]));
  return new PortReservationError(`${error.message} ${sentence}`.trimEnd(), { ...own, code: error.code, ...details });
}

const codesOfTaken = new Set<unknown>(['WSAEADDRINUSE', 'WSAEACCES', 'EADDRINUSE', 'EACCES']);

/** Tells whether an error of Windows or of Node says that the port is taken. */
export function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && codesOfTaken.has(error.code);
}

function describe(context: CallContext): string {
  const { protocol, startPort, numberOfPorts, token, host, serviceName, processId } = context;
  const parts: string[] = [];
  if (serviceName !== undefined) parts.push(`service ${serviceName}`);
  if (processId !== undefined) parts.push(`process ${processId}`);
  if (protocol) parts.push(protocol);
  if (startPort !== undefined) parts.push(describePorts(startPort, numberOfPorts, host));
  else if (numberOfPorts !== undefined) parts.push(`any ${numberOfPorts} ports`);
  if (token !== undefined) parts.push(`token ${token}`);
  return parts.join(' ');
}

function describePorts(startPort: number, numberOfPorts: number | undefined, host: string | undefined): string {
  if (numberOfPorts !== undefined && numberOfPorts > 1) return portsText({ startPort, numberOfPorts });
  if (host === undefined) return String(startPort);
  return host.includes(':') ? `[${host}]:${startPort}` : `${host}:${startPort}`;
}
