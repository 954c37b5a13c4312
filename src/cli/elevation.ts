// SPDX-License-Identifier: MIT
import { fileURLToPath } from 'node:url';
import { advisedCommand } from '../explain/answer/advised-command.js';
import type { Call } from './program.js';

/** The same command for an elevated process. */
export interface ElevatedCommand {
  /** For a terminal that was opened with "Run as administrator". */
  readonly command: string;
  /** For any PowerShell: it asks for consent, and the window stays open. */
  readonly powershell: string;
}

/** PowerShell treats curved quotes as quotes too. */
const powershellQuotes = /['\u2018-\u201b]/g;

/** @param call - A command whose arguments need no quotes. */
export function elevatedCommand({ command, args = [] }: Call): ElevatedCommand {
  const words = [command, ...args].join(' ');
  const main = fileURLToPath(new URL('main.js', import.meta.url));
  // Uses absolute paths, because the new window starts in the system folder. cmd removes the outermost quotes.
  const line = `"${process.execPath}" "${main}" ${words}`;
  return {
    command: advisedCommand(words),
    powershell: `Start-Process -Verb RunAs cmd '/k "${line.replace(powershellQuotes, '$&$&')}"'`,
  };
}
