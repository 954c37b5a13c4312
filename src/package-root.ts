// SPDX-License-Identifier: MIT
import { builtin } from './common/builtin.js';

/**
 * Finds the folder of the package. Only a file at the top of src/ may use `import.meta`, because the bundler puts the
 * modules of every folder into one file at the top of dist/.
 *
 * @throws Where a program has bundled this module into a CommonJS file, which has no URL.
 */
export function packageRoot(): string {
  return builtin.url.fileURLToPath(new URL('..', import.meta.url));
}
