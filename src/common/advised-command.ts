// SPDX-License-Identifier: MIT
import { existsSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../package-root.js';
import { installedCommand } from './installed-command.js';
import { quoted } from './shell-words.js';

/** The place that a command is for. */
export interface CommandPlace {
  /** The folder of the package; undefined in a program that bundled it. */
  readonly root: string | undefined;
  readonly execPath: string;
  readonly platform: NodeJS.Platform;
}

/**
 * Gives a command of this package that runs as printed, in cmd, in PowerShell and in a batch file, and from any folder,
 * because an elevated shell starts in the system folder.
 *
 * @param words - The command and its arguments; none of them needs quotes.
 * @param place - Default this process.
 */
export function advisedCommand(words: string, place: Partial<CommandPlace> = {}): string {
  const { root, execPath, platform } = {
    root: findRoot(),
    execPath: process.execPath,
    platform: process.platform,
    ...place,
  };
  const main = root === undefined ? undefined : path.join(root, 'dist', 'cli', 'main.js');
  const file = main !== undefined && existsSync(main) ? quoted(main) : undefined;
  if (file !== undefined) return `${nodeWord(execPath)} ${file} ${words}`;
  // npx is a batch file, which does not come back to a batch file that names it, and PowerShell starts a script in its place,
  // which many machines do not allow.
  return platform === 'win32' ? `cmd /c ${installedCommand} ${words}` : `${installedCommand} ${words}`;
}

/** A path that all shells take as one word and as the name of a program, which they do with no quoted path. */
const plainPath = /^([A-Za-z]:\\|\/)[\w.\\/-]+$/;

/**
 * Names this Node by its path, which an elevated shell need not have in its PATH. Where the path has spaces, it is in the
 * program folder, which every PATH has.
 */
function nodeWord(execPath: string): string {
  const isNode = /[\\/]node(\.exe)?$/i.test(execPath);
  return isNode && plainPath.test(execPath) ? execPath : 'node';
}

function findRoot(): string | undefined {
  try {
    return packageRoot();
  } catch {
    return undefined;
  }
}
