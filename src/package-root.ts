// SPDX-License-Identifier: MIT

/**
 * Finds the folder of the package. Only a file at the top of src/ may use `import.meta`, because the bundler puts the
 * modules of every folder into one file at the top of dist/. It imports no folder, because many import it.
 *
 * @throws Where a program has bundled this module into a CommonJS file, which has no URL.
 */
export function packageRoot(): string {
  return process.getBuiltinModule('node:url').fileURLToPath(new URL('..', import.meta.url));
}
