// SPDX-License-Identifier: MIT
import { packageErrorCodes, PortReservationError, type CallContext, type PackageErrorCode } from '../common/errors.js';
import { printable } from '../common/printable.js';

const shownOutput = 600;

/** Names a command by the words that say its purpose: `netsh interface ipv4 show excludedportrange`. */
export function commandName(args: readonly string[]): string {
  return ['netsh', ...args.slice(0, 4)].join(' ');
}

/** Makes an error about netsh, with the output of netsh where there is any. */
export function netshError(
  code: PackageErrorCode,
  what: string,
  details: CallContext & { hint: string; output?: string; syscall?: string; cause?: unknown },
): PortReservationError {
  const { output, ...properties } = details;
  const shown = output === undefined ? '' : ` ${showOutput(output)}`;
  return new PortReservationError(`${packageErrorCodes[code]} ${printable(what)}${shown}`, { ...properties, code });
}

function showOutput(output: string): string {
  const text = output.trim();
  if (text === '') return 'It printed nothing.';
  const rest = text.length - shownOutput;
  const shown = rest > 0 ? `${text.slice(0, shownOutput)}... and ${rest} characters more` : text;
  return `It printed:\n${shown.replace(/\r\n?/g, '\n').replaceAll('\t', ' ')}`;
}
