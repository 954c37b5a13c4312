// SPDX-License-Identifier: MIT
import { existsSync } from 'node:fs';
import path from 'node:path';
import { installedCommand } from '../../common/installed-command.js';
import { packageRoot } from '../../package-root.js';
import { quoted } from './shell-words.js';

/**
 * Gives a command of this package that runs as printed, in cmd and in PowerShell and from any folder, because an elevated
 * shell starts in the system folder. A program that bundled the package has no file to name.
 *
 * @param words - The command and its arguments; none of them needs quotes.
 * @param root - The folder of a package; default this one.
 */
export function advisedCommand(words: string, root = findRoot()): string {
  const main = root === undefined ? undefined : path.join(root, 'dist', 'cli', 'main.js');
  const file = main !== undefined && existsSync(main) ? quoted(main) : undefined;
  return file === undefined ? `${installedCommand} ${words}` : `node ${file} ${words}`;
}

function findRoot(): string | undefined {
  try {
    return packageRoot();
  } catch {
    return undefined;
  }
}
