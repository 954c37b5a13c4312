// SPDX-License-Identifier: MIT
// The hardening that a binary of this package must ask of Windows' loader, read from its headers.
import { directories, dllFlags, fileFlags, sectionFlags } from './pe/image.mjs';
import { cetCompatible, extendedDllFlagsOf, guardFlags, loadConfigOf, symbolFileOf } from './pe/load-config.mjs';
import { delayImportsOf, importsOf } from './pe/symbols.mjs';

/**
 * @typedef {import('./pe/image.mjs').PeImage} PeImage
 *
 * @typedef {'msvc' | 'lld' | 'cross'} Profile `msvc` is for a release. `cross` is for the linker of MinGW-w64, which has no
 * control flow guard, shadow stack, load flags or delayed loading; `lld` is for that of LLVM, which has all but the last two.
 *
 * @typedef {object} Rule
 * @property {string} name The linker's, or Windows', name for it.
 * @property {Profile[]} profiles
 * @property {(image: PeImage) => boolean} [concerns] Every image by default.
 * @property {(image: PeImage) => boolean} holds
 * @property {string} otherwise The consequence if the rule does not hold.
 */

/** LOAD_LIBRARY_SEARCH_SYSTEM32 */
const searchSystem32 = 0x800;

/** @type {Profile[]} */
const everywhere = ['msvc', 'lld', 'cross'];

/** @type {Profile[]} */
const guarded = ['msvc', 'lld'];

/** @type {Rule[]} */
export const rules = [
  {
    name: 'DYNAMICBASE',
    profiles: everywhere,
    holds: (image) => hasFlag(image.dllFlags, dllFlags.dynamicBase),
    otherwise: 'it is loaded at an address that an attacker knows',
  },
  {
    name: 'HIGHENTROPYVA',
    profiles: everywhere,
    concerns: (image) => image.is64Bit,
    holds: (image) => hasFlag(image.dllFlags, dllFlags.highEntropyVa),
    otherwise: 'its address is chosen out of 32 bits rather than 64',
  },
  {
    name: 'NXCOMPAT',
    profiles: everywhere,
    holds: (image) => hasFlag(image.dllFlags, dllFlags.nxCompat),
    otherwise: 'data may be executed',
  },
  {
    name: 'relocations',
    profiles: everywhere,
    holds: (image) =>
      !hasFlag(image.fileFlags, fileFlags.relocationsStripped) && image.directory(directories.relocation).size > 0,
    otherwise: 'without them DYNAMICBASE is an empty promise',
  },
  {
    name: 'W^X sections',
    profiles: everywhere,
    holds: (image) =>
      !image.sections.some(
        ({ flags }) => hasFlag(flags, sectionFlags.writable) && hasFlag(flags, sectionFlags.executable),
      ),
    otherwise: 'a section is writable and executable at once',
  },
  {
    name: 'no build paths',
    profiles: everywhere,
    holds: (image) => buildPathsIn(image).length === 0,
    otherwise: 'it names folders of the machine that built it',
  },
  {
    name: 'GUARD:CF',
    profiles: guarded,
    holds: (image) => hasFlag(image.dllFlags, dllFlags.guardCf),
    otherwise: 'the loader does not switch control flow guard on for it',
  },
  {
    name: 'GUARD:CF tables',
    profiles: guarded,
    holds: (image) => {
      const { guardCheckFunction, guardFlags: flags } = loadConfigOf(image);
      return guardCheckFunction !== 0n && hasFlag(flags, guardFlags.instrumented | guardFlags.functionTablePresent);
    },
    otherwise: 'its calls are not checked, or Windows does not know what they may reach',
  },
  {
    name: 'CETCOMPAT',
    profiles: ['msvc'],
    concerns: (image) => image.architecture === 'x64',
    holds: (image) => hasFlag(extendedDllFlagsOf(image), cetCompatible),
    otherwise: 'the shadow stack does not guard its return addresses',
  },
  {
    name: 'DEPENDENTLOADFLAG:0x800',
    profiles: guarded,
    holds: (image) => loadConfigOf(image).dependentLoadFlags === searchSystem32,
    otherwise: 'the DLLs it imports are looked for elsewhere than in System32',
  },
  {
    name: 'DELAYLOAD:node.exe',
    profiles: ['msvc'],
    holds: (image) => delayImportsOf(image).has('node.exe') && !importsOf(image).has('node.exe'),
    otherwise: 'it cannot be loaded by Electron or by a node.exe of another name',
  },
];

/**
 * Lists the rules that concern an image.
 *
 * @param {PeImage} image
 * @param {Profile} profile
 */
export function rulesFor(image, profile) {
  return rules.filter(({ profiles, concerns }) => profiles.includes(profile) && (concerns?.(image) ?? true));
}

/**
 * Lists the rules that an image breaks, each with the consequence.
 *
 * @param {PeImage} image
 * @param {Profile} profile
 * @returns {string[]}
 */
export function audit(image, profile) {
  return rulesFor(image, profile)
    .filter(({ holds }) => !holds(image))
    .map(({ name, otherwise }) => `${name}: ${otherwise}`);
}

/**
 * Returns the profile for the linker that made an image.
 *
 * @param {PeImage} image
 * @returns {Profile}
 */
export function profileOf(image) {
  return image.isFromMicrosoftLinker ? 'msvc' : 'cross';
}

const absolutePath =
  /(?:\b[A-Za-z]:[\\/]|\/(?:home|root|Users|work|tmp|builds?|github|opt|usr|mnt)\/)[\w .@+-]+(?:[\\/][\w .@+-]+)+/g;

/**
 * Lists the absolute paths in an image, in bytes and in UTF-16, and the file of symbols unless it is a name without a
 * folder.
 *
 * @param {PeImage} image
 * @returns {string[]}
 */
export function buildPathsIn(image) {
  const { bytes } = image;
  // A UTF-16 text may also begin at an odd offset.
  const texts = [bytes.toString('latin1'), bytes.toString('utf16le'), bytes.subarray(1).toString('utf16le')];
  const symbolFile = symbolFileOf(image);
  const paths = texts.flatMap((text) => text.match(absolutePath) ?? []);
  if (symbolFile !== undefined && /[\\/]/.test(symbolFile)) paths.push(symbolFile);
  return [...new Set(paths)];
}

function hasFlag(value, flag) {
  // 32-bit flags are negative if the highest bit is set, on both sides alike.
  return (value & flag) === (flag | 0);
}
