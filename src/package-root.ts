// SPDX-License-Identifier: MIT
import { builtin } from './common/builtin.js';

/**
 * Gives the folder that the package lies in. Only a file at the top of src/ may ask for `import.meta`: the bundle of the
 * start lies at the top of dist/, whichever folder a module came from.
 *
 * @throws Where a program bundled this module into a CommonJS file, which has no URL.
 */
export function packageRoot(): string {
  return builtin.url.fileURLToPath(new URL('..', import.meta.url));
}
