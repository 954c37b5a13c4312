// SPDX-License-Identifier: MIT
// Reads what a Windows binary asks of the loader (IMAGE_LOAD_CONFIG_DIRECTORY), and what its linker left for debuggers.
import { directories } from './image.mjs';

/** @typedef {import('./image.mjs').PeImage} PeImage */

/** IMAGE_GUARD_* */
export const guardFlags = { instrumented: 0x100, functionTablePresent: 0x400 };

/** IMAGE_DEBUG_TYPE_* */
export const debugTypes = { codeView: 2, extendedDllFlags: 20 };

/** IMAGE_DLLCHARACTERISTICS_EX_CET_COMPAT */
export const cetCompatible = 0x1;

/** The offsets of the fields; in 32-bit images the pointers before them are smaller. */
const fields = {
  64: { dependentLoadFlags: 78, guardCheckFunction: 112, guardFunctionCount: 136, guardFlags: 144 },
  32: { dependentLoadFlags: 54, guardCheckFunction: 72, guardFunctionCount: 84, guardFlags: 88 },
};

/**
 * @param {PeImage} image
 * @typedef {object} LoadConfig Each number is 0 if absent: older linkers write fewer fields.
 * @property {number} dependentLoadFlags
 * @property {bigint} guardCheckFunction
 * @property {bigint} guardFunctionCount The number of functions that guarded calls may reach.
 * @property {number} guardFlags
 *
 * @returns {LoadConfig}
 */
export function loadConfigOf(image) {
  const { address } = image.directory(directories.loadConfig);
  const offsets = fields[image.is64Bit ? 64 : 32];
  if (address === 0) return { dependentLoadFlags: 0, guardCheckFunction: 0n, guardFunctionCount: 0n, guardFlags: 0 };
  const start = image.offsetOf(address);
  // Use the size in the structure, not that of the directory, which some linkers set to an old size.
  const size = image.uint32(start);
  const has = (offset, width) => offset + width <= size;
  const word = (offset) => (has(offset, image.wordSize) ? image.word(start + offset) : 0n);
  return {
    dependentLoadFlags: has(offsets.dependentLoadFlags, 2) ? image.uint16(start + offsets.dependentLoadFlags) : 0,
    guardCheckFunction: word(offsets.guardCheckFunction),
    guardFunctionCount: word(offsets.guardFunctionCount),
    guardFlags: has(offsets.guardFlags, 4) ? image.uint32(start + offsets.guardFlags) : 0,
  };
}

/**
 * @param {PeImage} image
 * @returns {{ type: number, data: Buffer }[]}
 */
export function debugEntriesOf(image) {
  const { address, size } = image.directory(directories.debug);
  if (address === 0) return [];
  const first = image.offsetOf(address);
  return Array.from({ length: Math.floor(size / 28) }, (_, index) => {
    const [type, length, , offset] = [12, 16, 20, 24].map((field) => image.uint32(first + 28 * index + field));
    return { type, data: image.bytes.subarray(offset, offset + length) };
  });
}

/**
 * Returns the flags that did not fit into the optional header.
 *
 * @param {PeImage} image
 */
export function extendedDllFlagsOf(image) {
  const entry = debugEntriesOf(image).find(({ type }) => type === debugTypes.extendedDllFlags);
  return entry && entry.data.length >= 4 ? entry.data.readUInt32LE(0) : 0;
}

/**
 * Returns the name of the file with the symbols, as the linker wrote it.
 *
 * @param {PeImage} image
 * @returns {string | undefined}
 */
export function symbolFileOf(image) {
  const entry = debugEntriesOf(image).find(({ type }) => type === debugTypes.codeView);
  // The name comes after "RSDS", a GUID and an age.
  if (!entry || entry.data.toString('latin1', 0, 4) !== 'RSDS') return undefined;
  return entry.data.toString('utf8', 24).replace(/\0.*$/s, '');
}
