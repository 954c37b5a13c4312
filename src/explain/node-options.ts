// SPDX-License-Identifier: MIT
import { fileURLToPath } from 'node:url';

/**
 * Gives the value of NODE_OPTIONS that explains failed binds in a program and in the Nodes that it starts.
 *
 * It names the preload by its absolute path: Node looks a package name up from the working directory, and does not start
 * where it finds none. A Node that is too old for this package reads the option and goes on without explanations.
 *
 * @param existing - The value so far, which stays in front.
 * @param preload - The absolute path of the preload; default that of this package.
 */
export function explainingNodeOptions(existing = '', preload = preloadFile()): string {
  // A backslash is an escape inside quotes, and Windows takes slashes as well.
  const option = `--require ${quoted(process.platform === 'win32' ? preload.replaceAll('\\', '/') : preload)}`;
  if (existing.includes(option)) return existing;
  return existing.trim() === '' ? option : `${existing} ${option}`;
}

function preloadFile(): string {
  return fileURLToPath(new URL('./preload.cjs', import.meta.url));
}

/** Node splits the options at spaces. From Node 10.24 on it does not split inside double quotes. */
function quoted(file: string): string {
  return /[\s"\\]/.test(file) ? `"${file.replace(/["\\]/g, '\\$&')}"` : file;
}
