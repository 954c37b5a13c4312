// SPDX-License-Identifier: MIT
import { advisedCommand } from '../common/advised-command.js';
import { quoted } from '../common/shell-words.js';
import { mainFile } from './main-file.js';
import type { Call } from './outcome.js';

/** The same command for an elevated process. */
export interface ElevatedCommand {
  /** For a Command Prompt that was opened with "Run as administrator". */
  readonly command: string;
  /** For a PowerShell that was opened that way. */
  readonly powershellCommand: string;
  /** For any PowerShell: it asks for consent, and the window stays open. */
  readonly powershell: string;
}

/** PowerShell treats curved quotes as quotes too. */
const powershellQuotes = /['\u2018-\u201b]/g;

/** @param call - A command whose arguments need no quotes. */
export function elevatedCommand({ command, args = [] }: Call): ElevatedCommand {
  const words = [command, ...args.filter((word) => word !== '--elevate')].join(' ');
  const main = mainFile();
  // Uses absolute paths, because the new window starts in the system folder. cmd removes the outermost quotes.
  const line = `"${process.execPath}" "${main}" ${words}`;
  return {
    ...shellCommands(main, words),
    powershell: `Start-Process -Verb RunAs cmd '/k "${line.replace(powershellQuotes, '$&$&')}"'`,
  };
}

/** Names this Node too, which need not be in the PATH of an elevated shell. */
function shellCommands(main: string, words: string): Pick<ElevatedCommand, 'command' | 'powershellCommand'> {
  const [node, file] = [quoted(process.execPath), quoted(main)];
  if (node === undefined || file === undefined) {
    const command = advisedCommand(words);
    return { command, powershellCommand: command };
  }
  const command = `${node} ${file} ${words}`;
  return { command, powershellCommand: `& ${command}` };
}
