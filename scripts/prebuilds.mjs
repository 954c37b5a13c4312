// SPDX-License-Identifier: MIT
// The prebuilt binaries of a release.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The folder of each binary, and the IMAGE_FILE_MACHINE of its header. */
export const machines = { 'win32-x64': 0x8664, 'win32-arm64': 0xaa64, 'win32-ia32': 0x014c };

export const folders = Object.keys(machines);

/** @param {string} packageName prebuildify names the binary after the package. */
export const binaryOf = (packageName) => `${packageName}.node`;

/** @param {string} binary The path of the binary, which has the output of `sha256sum` beside it. */
export const sumFileOf = (binary) => `${binary}.sha256`;

/** @param {string} file */
export function sha256(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/**
 * Reads the IMAGE_FILE_MACHINE of a PE file; undefined for other files.
 *
 * @param {string} file
 */
export function machineOf(file) {
  const bytes = readFileSync(file);
  if (bytes.length < 0x40 || bytes.toString('latin1', 0, 2) !== 'MZ') return undefined;
  const header = bytes.readUInt32LE(0x3c);
  const isPe = header + 6 <= bytes.length && bytes.toString('latin1', header, header + 4) === 'PE\0\0';
  return isPe ? bytes.readUInt16LE(header + 4) : undefined;
}

/** @param {string} directory Of a package. */
export function manifestIn(directory) {
  return JSON.parse(readFileSync(path.join(directory, 'package.json'), 'utf8'));
}
