// SPDX-License-Identifier: MIT
import { take } from './arguments.js';
import { errorCodes, findErrorCode, type Win32ErrorCode } from './error-codes.js';
import { hintOf } from './error-hints.js';
import { fieldsForJson } from './json.js';
import type { ExcludedPortRange, Protocol } from './ports.js';
import { printable, printableLines } from './printable.js';

/** Codes of this package's own, for what never reached Windows. */
export const packageErrorCodes = {
  ERR_UNSUPPORTED_PLATFORM: 'There are no port reservations on this platform.',
  ERR_ADDON_NOT_LOADED: 'The native addon could not be loaded.',
  ERR_ADOPTION_FAILED: 'The socket could not be handed over.',
  ERR_SOCKET_CLOSED: 'The socket is closed.',
  ERR_SOCKET_NOT_BOUND: 'The socket is not bound.',
  ERR_SOCKET_ALREADY_BOUND: 'The socket is bound already.',
  ERR_SERVER_ALREADY_LISTEN: 'The server listens already.',
  ERR_SERVER_CLOSED: 'The server was closed before it listened.',
  ERR_RESERVATION_RELEASED: 'The reservation was released.',
  ERR_RESERVATION_DELETED: 'The reservation was deleted.',
  ERR_FOREIGN_TOKEN: 'The reservation belongs to another process.',
  ERR_NO_FREE_PORTS: 'There are not that many consecutive free ports.',
  ERR_NETSH_NOT_FOUND: 'There is no netsh.exe to start.',
  ERR_NETSH_TIMEOUT: 'netsh did not end in time, and was killed.',
  ERR_NETSH_FAILED: 'netsh failed.',
  ERR_NETSH_OUTPUT: 'The output of netsh was not understood.',
  ERR_MACHINE_FILE: 'The file of the simulated machine cannot be used.',
} as const;

/** A code of this package, for what never reached Windows. */
export type PackageErrorCode = keyof typeof packageErrorCodes;

/**
 * What `code` of a {@link PortReservationError} can be: the symbol of winerror.h or winsock2.h, `WIN32_ERROR_<n>` for
 * a number without a row in the table, or a code of this package for what never reached Windows.
 */
export type PortReservationErrorCode = Win32ErrorCode | `WIN32_ERROR_${number}` | PackageErrorCode;

/** What a call was about. */
export interface CallContext {
  readonly protocol?: Protocol | undefined;
  readonly startPort?: number | undefined;
  readonly numberOfPorts?: number | undefined;
  readonly token?: bigint | undefined;
  readonly host?: string | undefined;
}

export interface PortReservationErrorDetails extends CallContext {
  readonly code: PortReservationErrorCode;
  readonly errno?: number | undefined;
  readonly syscall?: string | undefined;
  readonly hint?: string | undefined;
  readonly blocks?: readonly ExcludedPortRange[] | undefined;
  readonly cause?: unknown;
}

const detailNames = [
  ...(['code', 'errno', 'syscall', 'protocol', 'startPort', 'numberOfPorts', 'token', 'host'] as const),
  ...(['blocks', 'hint', 'cause'] as const),
] satisfies (keyof PortReservationErrorDetails)[];

/**
 * A port reservation that failed, and why.
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
  /** The number that Windows gave; absent when the call never reached Windows. */
  declare readonly errno?: number;
  /** The Windows function that refused, for instance `CreatePersistentTcpPortReservation`. */
  declare readonly syscall?: string;
  declare readonly protocol?: Protocol;
  /** First port of the block, or the port, that the call was about. */
  declare readonly startPort?: number;
  declare readonly numberOfPorts?: number;
  declare readonly token?: bigint;
  declare readonly host?: string;
  /** For `ERROR_SHARING_VIOLATION`: the listed ranges that overlap the block. */
  declare readonly blocks?: readonly ExcludedPortRange[];
  /** What to do about it. */
  declare readonly hint?: string;

  /**
   * For those who stand in for a function of this package, in a test for instance.
   *
   * @param message - What happened, to whom.
   * @param details - `code`, and of the other properties those that there is something to say about.
   */
  constructor(message: string, details: PortReservationErrorDetails) {
    const { cause, ...given } = take('details', details, detailNames) as PortReservationErrorDetails;
    const properties = { ...given, hint: given.hint && printableLines(given.hint) };
    super(printableLines(message), cause === undefined ? undefined : { cause });
    this.code = given.code;
    for (const [key, value] of Object.entries(properties)) {
      if (value !== undefined) Object.defineProperty(this, key, { value, enumerable: true });
    }
  }

  /**
   * What `JSON.stringify` writes: the properties, `message` and `cause` among them, with the token as a decimal string,
   * because JSON has no bigints. The stack is left out, as it is for other errors. It does not ask Windows.
   *
   * @returns A plain object.
   * @throws Nothing: what JSON cannot hold, a circle of causes for instance, is cut.
   * @example
   * console.log(JSON.stringify(error)); // {"name":"PortReservationError","message":"...","code":"WSAEACCES",...}
   */
  toJSON(): Record<string, unknown> {
    return fieldsForJson(this);
  }
}

/** A call that Windows refused: its exact name, and the number read right after it on the same thread. */
export interface CallFailure {
  readonly call: string;
  readonly errorNumber: number;
}

export function isCallFailure(result: unknown): result is CallFailure {
  return typeof result === 'object' && result !== null && 'errorNumber' in result;
}

/** The error for a call that Windows refused: `<call> <symbol>: <the system's text> [<what it was about>]`. */
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
    hint: code && hintOf(call, code),
  });
}

/** The error for what never reached Windows. */
export function packageError(
  code: PackageErrorCode,
  hint: string,
  details: CallContext & { cause?: unknown } = {},
): PortReservationError {
  // One line, whatever a path or another error has in it.
  const shown = printable(hint);
  return new PortReservationError(`${packageErrorCodes[code]} ${shown}`, { ...details, code, hint: shown });
}

const codesOfTaken = new Set<unknown>(['WSAEADDRINUSE', 'WSAEACCES', 'EADDRINUSE', 'EACCES']);

/** Whether an error says that somebody has the port, by a code of Windows or of Node. */
export function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && codesOfTaken.has(error.code);
}

function describe({ protocol, startPort, numberOfPorts, token, host }: CallContext): string {
  const parts: string[] = [];
  if (protocol) parts.push(protocol);
  if (startPort !== undefined) parts.push(describePorts(startPort, numberOfPorts, host));
  else if (numberOfPorts !== undefined) parts.push(`any ${numberOfPorts} ports`);
  if (token !== undefined) parts.push(`token ${token}`);
  return parts.join(' ');
}

function describePorts(startPort: number, numberOfPorts: number | undefined, host: string | undefined): string {
  if (numberOfPorts !== undefined && numberOfPorts > 1) return `${startPort}-${startPort + numberOfPorts - 1}`;
  if (host === undefined) return String(startPort);
  return host.includes(':') ? `[${host}]:${startPort}` : `${host}:${startPort}`;
}
