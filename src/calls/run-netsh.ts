// SPDX-License-Identifier: MIT
import { getBinding, getNetsh } from '../windows/binding.js';
import { errorCodes } from '../common/error-codes.js';
import { errorFromFailure, PortReservationError, type PortReservationErrorCode } from '../common/errors.js';
import type { NativeBinding } from '../windows/native-binding.js';
import { commandName, netshError } from '../windows/netsh-error.js';
import { findPrintedText, type NetshResult } from '../windows/netsh.js';
import type { PortBlock } from '../common/ports.js';

type Context = Pick<PortBlock, 'protocol'> & Partial<PortBlock>;

/** Runs a command and resolves to its output, or rejects where netsh failed. */
export async function runNetsh(family: 4 | 6, command: readonly string[], context: Context): Promise<string> {
  const args = ['interface', `ipv${family}`, ...command];
  const result = await getNetsh()(args);
  if (result.exitCode === 0) return result.output;
  throw errorFromNetsh(args, result, context);
}

type Hints = Partial<Record<PortReservationErrorCode, string>>;

/** Lists the hints of netsh's commands, where the hint of the error table is about persistent reservations. */
const hints: Record<string, Hints> = {
  add: {
    ERROR_SHARING_VIOLATION:
      'List the excluded ranges: the block may already be excluded. If it is not, another range overlaps it or a socket is bound inside it.',
  },
  delete: {
    ERROR_ACCESS_DENIED:
      'Run this elevated. If it already is, the range has no star: it is not an administered one, and it disappears with the program or the part of Windows that reserved it.',
    ERROR_NOT_FOUND:
      'List the excluded ranges: Windows deletes only a range with a star, and only by exactly the numbers it was added with.',
  },
};

function errorFromNetsh(args: readonly string[], result: NetshResult, context: Context): PortReservationError {
  const syscall = commandName(args);
  const [, , verb = ''] = args;
  const binding = findBinding();
  const errorNumber = binding && findErrorNumber(binding, verb, result);
  if (binding === undefined || errorNumber === undefined) {
    const hint = `Run the command by hand to see why it fails: netsh ${args.join(' ')}`;
    const details = { ...context, output: result.output, syscall, hint };
    return netshError('ERR_NETSH_FAILED', `It ended with exit code ${result.exitCode}.`, details);
  }
  const { message, code, hint } = errorFromFailure(binding, { call: syscall, errorNumber }, context);
  const details = { ...context, code, errno: errorNumber, syscall, hint: hints[verb]?.[code] ?? hint };
  return new PortReservationError(message, details);
}

/** Finds the binding that knows the system's texts. netsh works without it, so a missing binding must not hide its error. */
function findBinding(): NativeBinding | undefined {
  try {
    return getBinding();
  } catch {
    return undefined;
  }
}

/**
 * Finds the Windows error behind a failure of netsh. netsh exits with 1 for every error and prints the system's text for
 * it in the user's language, the same that FormatMessageW gives for the number. For missing elevation it prints a text
 * that FormatMessageW does not have.
 */
function findErrorNumber(binding: NativeBinding, verb: string, { exitCode, output }: NetshResult): number | undefined {
  if (win32Errors.includes(exitCode)) return exitCode;
  const words = new Map(win32Errors.map((errorNumber) => [binding.formatMessage(errorNumber), errorNumber]));
  const printed = findPrintedText(output, [...words.keys()]);
  if (printed !== undefined) return words.get(printed);
  return verb !== 'show' && binding.isElevated() === false ? errorCodes.ERROR_ACCESS_DENIED.errorNumber : undefined;
}

// The other errors of the table belong to calls that netsh does not make. Their texts would only be mistaken for its own.
const win32Errors: readonly number[] = [
  errorCodes.ERROR_ACCESS_DENIED.errorNumber,
  errorCodes.ERROR_SHARING_VIOLATION.errorNumber,
  errorCodes.ERROR_INVALID_PARAMETER.errorNumber,
  errorCodes.ERROR_NOT_FOUND.errorNumber,
];
