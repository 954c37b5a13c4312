// SPDX-License-Identifier: MIT
// Reads the imports and the exports of a Windows binary.
import { directories } from './image.mjs';

/**
 * @typedef {import('./image.mjs').PeImage} PeImage
 * @typedef {Map<string, string[]>} Imports The names of the functions by the name of the DLL, in lower case.
 */

/**
 * Lists the imports that are resolved when the binary is loaded.
 *
 * @param {PeImage} image
 * @returns {Imports}
 */
export function importsOf(image) {
  return readDescriptors(image, directories.import, 20, (offset) => {
    const [lookup, name, addresses] = [0, 12, 16].map((field) => image.uint32(offset + field));
    return { name, table: lookup === 0 ? addresses : lookup };
  });
}

/**
 * Lists the imports that are resolved at their first call.
 *
 * @param {PeImage} image
 * @returns {Imports}
 */
export function delayImportsOf(image) {
  return readDescriptors(image, directories.delayImport, 32, (offset) => {
    const [name, table] = [4, 16].map((field) => image.uint32(offset + field));
    return { name, table };
  });
}

/**
 * @param {PeImage} image
 * @returns {string[]} The exported names in the order of the file, which is alphabetical.
 */
export function exportsOf(image) {
  const { address } = image.directory(directories.export);
  if (address === 0) return [];
  const table = image.offsetOf(address);
  const [count, names] = [24, 32].map((field) => image.uint32(table + field));
  if (count === 0) return [];
  const first = image.offsetOf(names);
  return Array.from({ length: count }, (_, index) => image.textAt(image.uint32(first + 4 * index)));
}

/** The list of descriptors ends with one without a name. */
function readDescriptors(image, directory, descriptorSize, read) {
  const imports = new Map();
  const { address } = image.directory(directory);
  if (address === 0) return imports;
  for (let offset = image.offsetOf(address); ; offset += descriptorSize) {
    const { name, table } = read(offset);
    if (name === 0) return imports;
    imports.set(image.textAt(name).toLowerCase(), readNames(image, table));
  }
}

/** An entry with the highest bit set is the number of a function instead of a name. */
function readNames(image, address) {
  const names = [];
  const byNumber = 1n << (image.is64Bit ? 63n : 31n);
  for (let offset = image.offsetOf(address); ; offset += image.wordSize) {
    const entry = image.word(offset);
    if (entry === 0n) return names;
    // A hint of two bytes comes before each name.
    names.push((entry & byNumber) === 0n ? image.textAt(Number(entry) + 2) : `#${entry & 0xffffn}`);
  }
}
