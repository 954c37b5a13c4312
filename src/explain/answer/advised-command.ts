// SPDX-License-Identifier: MIT
import { existsSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../../package-root.js';
import { quoted } from './shell-words.js';

/**
 * The command line of the package where the program has it installed. Without `--no-install`, npx fetches a package that is
 * not there, and runs it: in an elevated shell, and from whoever owns its name on npm.
 */
export const installedCommand = 'npx --no-install win-port-reservation';

/**
 * Gives a command of this package that runs as printed, in cmd and in PowerShell and from any folder: an elevated shell
 * starts in the system folder. In a program that bundled the package there is no file to name.
 *
 * @param words - None needs quotes.
 * @param root - Where the package lies; default this one.
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
