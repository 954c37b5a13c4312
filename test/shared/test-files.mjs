// SPDX-License-Identifier: MIT
import { statSync } from 'node:fs';
import path from 'node:path';

const repository = path.resolve(import.meta.dirname, '../..');

/**
 * Lists test files, and folders of them, for vitest. They must exist, because vitest ignores a name that fits no file.
 *
 * @param {string} folder Relative to the repository.
 * @param {string} names Separated by white space; that of a folder ends with a slash.
 * @returns {string[]}
 */
export function testFiles(folder, names) {
  const files = names.split(/\s+/).map((name) => `${folder}/${name.endsWith('/') ? name : `${name}.test.ts`}`);
  for (const file of files) statSync(path.join(repository, file));
  return files;
}
