// SPDX-License-Identifier: MIT
import path from 'node:path';
import { packageRoot } from '../package-root.js';

/** Finds the file that Node runs as the command line. */
export function mainFile(): string {
  return path.join(packageRoot(), 'dist', 'cli', 'main.js');
}
