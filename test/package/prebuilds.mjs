// SPDX-License-Identifier: MIT
// Checks that Node of its architecture can load a prebuilt binary on any Windows.
import { createRequire } from 'node:module';
import { newestNodeApi } from './limits.mjs';
import { fileFlags } from './pe/image.mjs';
import { delayImportsOf, exportsOf, importsOf } from './pe/symbols.mjs';

/**
 * @typedef {import('./pe/image.mjs').PeImage} PeImage
 * @typedef {import('./hardening.mjs').Profile} Profile
 */

/** The exports that Node looks for in an addon. */
const exported = ['napi_register_module_v1', 'node_api_module_get_api_version_v1'];

/** The host program, by the name that the addon imports from. */
const host = 'node.exe';

const windowsLibraries = ['advapi32.dll', 'iphlpapi.dll', 'kernel32.dll', 'ole32.dll', 'shell32.dll', 'ws2_32.dll'];
const universalRuntime = ['environment', 'heap', 'private', 'runtime', 'stdio', 'string', 'time'].map(
  (part) => `api-ms-win-crt-${part}-l1-1-0.dll`,
);

/**
 * The DLLs that are part of every Windows. MinGW-w64 takes its C runtime from one more DLL, or from those of the universal
 * one; binaries of Microsoft's linker contain theirs.
 *
 * @type {Record<Profile, string[]>}
 */
const systemLibraries = {
  msvc: windowsLibraries,
  lld: [...windowsLibraries, ...universalRuntime],
  cross: [...windowsLibraries, 'msvcrt.dll'],
};

/** @type {Record<string, { js_native_api_symbols: string[], node_api_symbols: string[] }>} */
const { symbols } = createRequire(import.meta.url)('node-api-headers');

/**
 * @param {PeImage} image
 * @param {string} folder Of the binary, for instance `win32-x64`.
 * @param {Profile} profile
 * @returns {string[]} What is wrong.
 */
export function headerProblems(image, folder, profile) {
  const architecture = folder.replace('win32-', '');
  const allowed = [...systemLibraries[profile], host];
  const libraries = [...importsOf(image).keys(), ...delayImportsOf(image).keys()];
  const names = exportsOf(image);
  return [
    ...(image.architecture === architecture ? [] : [`it is for ${image.architecture ?? 'another machine'}`]),
    ...((image.fileFlags & fileFlags.dll) === 0 ? ['it is not a DLL'] : []),
    ...exported.filter((name) => !names.includes(name)).map((name) => `it does not export ${name}`),
    ...names.filter((name) => !exported.includes(name)).map((name) => `it exports ${name}`),
    ...libraries.filter((name) => !allowed.includes(name)).map((name) => `it imports from ${name}`),
  ];
}

/**
 * Returns the first version of Node-API that has all imports of an addon, and the imports that no allowed version has.
 *
 * @param {PeImage} image
 * @returns {{ version: number, problems: string[] }}
 */
export function nodeApiOf(image) {
  const names = [importsOf(image), delayImportsOf(image)].flatMap((imports) => imports.get(host) ?? []);
  const allowed = functionsOf(newestNodeApi);
  const version = Array.from({ length: newestNodeApi }, (_, index) => index + 1).find((candidate) => {
    const functions = functionsOf(candidate);
    return names.every((name) => functions.has(name));
  });
  const strangers = names.filter((name) => !allowed.has(name));
  return {
    version: version ?? 0,
    problems: [
      ...(names.length === 0 ? [`it imports nothing from ${host}`] : []),
      ...strangers.map((name) => `it imports ${name}, which Node-API ${newestNodeApi} does not have`),
    ],
  };
}

/** @param {number} version */
function functionsOf(version) {
  const { js_native_api_symbols: engine, node_api_symbols: runtime } = symbols[`v${version}`];
  return new Set([...engine, ...runtime]);
}
