// SPDX-License-Identifier: MIT
import { hasCode, packageError, type PortReservationError } from '../../common/errors.js';

/** Makes the error for a machine whose file cannot be used, with the reason from the system or from the file's text. */
export function machineFileError(file: string, cause: unknown): PortReservationError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const hint = `${file}: ${reason}. Repair or remove it, or set WIN_PORT_RESERVATION_MACHINE to another file.`;
  return packageError('ERR_MACHINE_FILE', hint, { cause });
}

/** Tells whether the error means that the machine's file cannot be used, not a refusal or a defect. */
export function isMachineFileError(error: unknown): error is PortReservationError {
  return hasCode(error, 'ERR_MACHINE_FILE');
}

const warnings = new Set<string>();

/** Warns of a failure that no caller waits for, once until the machine can be reached again. */
export function warnOfMachineFile({ message }: Error): void {
  if (warnings.has(message)) return;
  warnings.add(message);
  process.emitWarning(message, { type: 'PortReservationWarning', code: 'WPR_MACHINE_FILE' });
}

/** Lets the next failure warn again, because the machine could be reached meanwhile. */
export function forgetWarnings(): void {
  warnings.clear();
}
