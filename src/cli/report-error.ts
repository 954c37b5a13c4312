// SPDX-License-Identifier: MIT
import { CommanderError } from 'commander';
import { isElevated } from '../windows/binding.js';
import { PortReservationError } from '../common/errors.js';
import { printable, printableLines } from '../common/printable.js';
import { ElevatedFailure, type ErrorReport } from './elevated-failure.js';
import { elevatedCommand } from './elevation.js';
import { exitCodes } from './exit-codes.js';
import type { Style, Call } from './outcome.js';
import { messageLines } from './wrap.js';

/** Windows answered, and the answer is no. */
const answers = new Set([
  ...['ERROR_NOT_FOUND', 'ERROR_SHARING_VIOLATION', 'ERR_NO_FREE_PORTS'],
  ...['ERR_WINNAT_BLOCK', 'ERR_PORTS_TAKEN', 'ERR_FOREIGN_EXCLUSION'],
  ...['ERR_PROCESS_KEPT', 'ERR_PORT_NOT_FREE'],
]);
/** The library refused an argument of a valid command line. */
const refusedArguments = new Set(['ERR_INVALID_ARG_TYPE', 'ERR_OUT_OF_RANGE']);
const denials = new Set(['ERROR_ACCESS_DENIED', 'E_ACCESSDENIED']);

/** Errors of Node that say what failed, and not what to do. */
const systemHints: Readonly<Record<string, string>> = {
  ENOTFOUND: 'This machine finds no address for that name: check its spelling, or give an address as --host.',
  EAI_AGAIN: 'The name servers do not answer: check the network, or give an address as --host.',
};

/** @param call - Its command is empty if the command line does not name one. */
export function reportError(error: unknown, call: Call): ErrorReport {
  if (error instanceof CommanderError) return reportCommandLine(error, call);
  if (!(error instanceof Error)) return { code: 'ERR_UNKNOWN', message: String(error), exitCode: exitCodes.failed };
  if (error instanceof PortReservationError) return reportReservation(error, call);
  if (error instanceof ElevatedFailure) return error.report;
  const { code, syscall, errno } = error as NodeJS.ErrnoException;
  const isRefused = code !== undefined && refusedArguments.has(code);
  return {
    code: code ?? 'ERR_UNKNOWN',
    ...(errno !== undefined && { errno }),
    ...(syscall !== undefined && { syscall }),
    message: isRefused ? inWordsOfCommandLine(error.message) : messageOf(error, code),
    exitCode: isRefused ? exitCodes.wrongCommandLine : exitCodes.failed,
    ...(isRefused
      ? { hint: moreHelp(call) }
      : code !== undefined && code in systemHints && { hint: systemHints[code] }),
  };
}

/** Shows the stack of an error of the language itself that has no code, because it is a defect. */
function messageOf({ name, message, stack }: Error, code: string | undefined): string {
  return code === undefined && name !== 'Error' ? (stack ?? message) : message;
}

/**
 * Names the options of the command line where a text of the library names those of a function: `"options.toPort" must be
 * ...; received 90 (number)` is about --to-port, and so is the hint `Search more ports (fromPort, toPort)`.
 */
function inWordsOfCommandLine(text: string): string {
  return text
    .replaceAll('"options.numberOfPorts"', "'--number'")
    .replaceAll(/"options\.(\w+)(?:\[\d+\])?"/g, (_, name: string) => `'${flagOf(name)}'`)
    .replace(/^"(\w+)"/, "'$1'")
    .replace(/ \((number|string|boolean|undefined)\)$/, '')
    .replace(/\buse force\b/, 'use --force')
    .replaceAll(/\b(fromPort|toPort|stopWinNat|browserSafe)\b/g, flagOf);
}

/** `--from-port` for `fromPort`. */
function flagOf(name: string): string {
  // Only WinNAT has a name in which a word has several capitals, and its option has none.
  const words = name.replace('WinNat', 'Winnat').replaceAll(/[A-Z]/g, (letter) => `-${letter}`);
  return `--${words}`.toLowerCase();
}

function reportReservation(error: PortReservationError, call: Call): ErrorReport {
  const { code, errno, syscall, message, protocol, startPort, numberOfPorts, token, host } = error;
  const { serviceName, processId, blocks, hint } = error;
  const details = {
    ...{ code, errno, syscall, protocol, startPort, numberOfPorts, token, host, serviceName, processId, blocks },
    message: inWordsOfCommandLine(message),
    hint: hint && inWordsOfCommandLine(hint),
  };
  // Windows may refuse an administrator too, for instance to delete a range without a star.
  if (denials.has(code) && !isElevated()) {
    return { ...details, exitCode: exitCodes.needsElevation, elevated: elevatedCommand(call) };
  }
  return { ...details, exitCode: answers.has(code) ? exitCodes.no : exitCodes.failed };
}

/** Commander writes "error: unknown command 'creat'" and, in a second line, "(Did you mean create?)". */
function reportCommandLine(error: CommanderError, call: Call): ErrorReport {
  const [first = '', ...rest] = error.message.split('\n');
  const suggestion = rest.join(' ').replace(/^\((.*)\)$/, '$1');
  return {
    code: 'ERR_COMMAND_LINE',
    message: error.code === 'commander.help' ? 'a command is missing' : first.replace(/^error: /, ''),
    hint: [suggestion, moreHelp(call)].filter((sentence) => sentence !== '').join(' '),
    exitCode: exitCodes.wrongCommandLine,
  };
}

function moreHelp({ command }: Call): string {
  return `See: win-port-reservation ${command === '' ? '' : `${command} `}--help`;
}

/** Prints the report for people: the message, what to do, and for exit code 3 the command to run. */
export function printError({ message, hint, elevated }: ErrorReport, style: Style): string {
  const lines = messageLines('error:', 'red', printableLines(message), style);
  if (elevated !== undefined) {
    const { command, powershellCommand, powershell } = elevated;
    lines.push(
      ...messageLines('hint:', 'cyan', 'run this in a Command Prompt opened with "Run as administrator":', style),
    );
    lines.push(
      `    ${printable(command)}`,
      '  or in a PowerShell opened that way:',
      `    ${printable(powershellCommand)}`,
    );
    lines.push('  or in any PowerShell, which asks for consent:', `    ${printable(powershell)}`);
  } else if (hint !== undefined && !message.includes(hint)) {
    lines.push(...messageLines('hint:', 'cyan', printableLines(hint), style));
  }
  return `${lines.join('\n')}\n`;
}
