// SPDX-License-Identifier: MIT
import { packageError, PortReservationError } from '../../common/errors.js';

/** The error for a machine that cannot be got at, by what the system or the text of the file said. */
export function machineFileError(file: string, cause: unknown): PortReservationError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const hint = `${file}: ${reason}. Mend or remove it, or let WIN_PORT_RESERVATION_MACHINE name another file.`;
  return packageError('ERR_MACHINE_FILE', hint, { cause });
}

/** Whether it is the machine that could not be got at, rather than a refusal or a defect. */
export function isMachineFileError(error: unknown): error is PortReservationError {
  return error instanceof PortReservationError && error.code === 'ERR_MACHINE_FILE';
}

const warnings = new Set<string>();

/** Says with a process warning what nobody waits for, once until the machine can be got at again. */
export function warnOfMachineFile({ message }: Error): void {
  if (warnings.has(message)) return;
  warnings.add(message);
  process.emitWarning(message, { type: 'PortReservationWarning', code: 'WPR_MACHINE_FILE' });
}

/** The machine can be got at: the next failure is news. */
export function forgetWarnings(): void {
  warnings.clear();
}
