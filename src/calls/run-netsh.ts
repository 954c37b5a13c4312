// SPDX-License-Identifier: MIT
import { getBinding, getNetsh } from '../windows/binding.js';
import { errorCodes, findErrorCode } from '../common/error-codes.js';
import { errorFromFailure, PortReservationError, type PortReservationErrorCode } from '../common/errors.js';
import type { NativeBinding } from '../windows/native-binding.js';
import { commandName, netshError } from '../windows/netsh-error.js';
import { findPrintedText, type NetshResult } from '../windows/netsh.js';
import type { PortBlock } from '../common/ports.js';

type Context = Pick<PortBlock, 'protocol'> & Partial<PortBlock>;

/** Runs a command, and resolves to what it printed if it went well. */
export async function runNetsh(family: 4 | 6, command: readonly string[], context: Context): Promise<string> {
  const args = ['interface', `ipv${family}`, ...command];
  const result = await getNetsh()(args);
  if (result.exitCode === 0) return result.output;
  throw errorFromNetsh(args, result, context);
}

type Hints = Partial<Record<PortReservationErrorCode, string>>;

/** Where the hint of the table speaks of persistent reservations. */
const hints: Record<string, Hints> = {
  add: {
    ERROR_SHARING_VIOLATION:
      'List the excluded ranges: the block may be there already. If not, another range overlaps it or a socket is bound inside it. Blocks of WinNAT are gone while it is stopped (net stop winnat).',
  },
  delete: {
    ERROR_ACCESS_DENIED:
      'Run this elevated. If it is, the range is not an administered one: those without a star go with the program or the part of Windows that they belong to.',
    ERROR_NOT_FOUND:
      'List the excluded ranges: only one with a star can be deleted, by the very numbers it was added with.',
  },
};

function errorFromNetsh(args: readonly string[], result: NetshResult, context: Context): PortReservationError {
  const syscall = commandName(args);
  const [, , verb = ''] = args;
  const binding = findBinding();
  const errorNumber = binding && findErrorNumber(binding, verb, result);
  if (binding === undefined || errorNumber === undefined) {
    const hint = `Run it by hand to see what is wrong: netsh ${args.join(' ')}`;
    const details = { ...context, output: result.output, syscall, hint };
    return netshError('ERR_NETSH_FAILED', `It ended with ${result.exitCode}.`, details);
  }
  const { message, code, hint } = errorFromFailure(binding, { call: syscall, errorNumber }, context);
  const details = { ...context, code, errno: errorNumber, syscall, hint: hints[verb]?.[code] ?? hint };
  return new PortReservationError(message, details);
}

/** What knows the words of Windows. netsh itself can do without, so that its error must not hide behind another. */
function findBinding(): NativeBinding | undefined {
  try {
    return getBinding();
  } catch {
    return undefined;
  }
}

/**
 * The error of Windows that netsh met. It ends with 1 whatever it was, and prints the system's own words for it, in the
 * language of this user: those that FormatMessageW has for the same number. A lack of elevation it tells in words of its
 * own.
 */
function findErrorNumber(binding: NativeBinding, verb: string, { exitCode, output }: NetshResult): number | undefined {
  if (findErrorCode(exitCode) !== undefined) return exitCode;
  const words = new Map(win32Errors.map((errorNumber) => [binding.formatMessage(errorNumber), errorNumber]));
  const printed = findPrintedText(output, [...words.keys()]);
  if (printed !== undefined) return words.get(printed);
  return verb !== 'show' && binding.isElevated() === false ? errorCodes.ERROR_ACCESS_DENIED.errorNumber : undefined;
}

// From 10000 on they are Winsock's, which netsh has nothing to do with.
const win32Errors = Object.values(errorCodes)
  .map((entry) => entry.errorNumber)
  .filter((errorNumber) => errorNumber < 10_000);
