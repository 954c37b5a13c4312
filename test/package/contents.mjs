// SPDX-License-Identifier: MIT
// What the tarball may hold, and what its package.json may say.

/** The folders of prebuilt binaries that a release has. */
export const prebuildFolders = ['win32-x64', 'win32-arm64', 'win32-ia32'];

const always = ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'];

/** In the tarball as soon as they are in the repository. */
export const documents = [
  'docs/choosing.md',
  'docs/cli-output.schema.json',
  'docs/command-line.md',
  'docs/eacces.md',
  'docs/errors.md',
  'docs/services.md',
  'docs/simulator.md',
  'docs/sockets.md',
  'docs/windows.md',
  'examples/cluster.mjs',
  'examples/demo.mjs',
  'examples/fastify-service.mjs',
  'examples/install.mjs',
  'examples/oauth-redirect.mjs',
  'examples/service.test.mjs',
  'examples/shared-listener.mjs',
  'examples/udp-server.mjs',
  'examples/worker-threads.mjs',
];

/** What the modules of the start were put together in. */
export const bundled = 'dist/core.js';

/** What npm runs when somebody installs a package, from a registry or from git. */
const installScripts = ['preinstall', 'install', 'postinstall', 'preprepare', 'prepare', 'postprepare', 'prepublish'];

/**
 * @typedef {object} Repository
 * @property {string[]} sources The files of src/, relative to it, with slashes.
 * @property {string[]} present Those of `documents` that there are.
 */

/**
 * The files that are missing, and those that have no business there: compiled from a source that is gone, for instance.
 *
 * @param {string[]} files
 * @param {Repository} repository
 * @param {string[]} prebuilds Folders of prebuilt binaries that there have to be.
 * @returns {string[]}
 */
export function strayFiles(files, { sources, present }, prebuilds) {
  const compiled = sources
    .map((file) => /^(.*)(?<!\.d)\.(c?)ts$/.exec(file))
    .flatMap((match) => (match ? [`dist/${match[1]}.${match[2]}js`, `dist/${match[1]}.d.${match[2]}ts`] : []));
  const expected = new Set([...always, ...present, ...compiled, bundled]);
  const isBinary = (file) =>
    prebuilds.some((folder) => /^[\w.-]+\.node$/.test(file.split(`prebuilds/${folder}/`)[1] ?? ''));
  const isMap = (file) => file.endsWith('.map') && expected.has(file.slice(0, -4));

  const missing = [...expected].filter((file) => !files.includes(file)).map((file) => `missing: ${file}`);
  const strangers = files
    .filter((file) => !expected.has(file) && !isBinary(file) && !isMap(file))
    .map((file) => `must not be there: ${file}`);
  const counts = prebuilds.flatMap((folder) => {
    const count = files.filter((file) => file.startsWith(`prebuilds/${folder}/`)).length;
    return count === 1 ? [] : [`prebuilds/${folder}: must hold one file, not ${count}`];
  });
  return [...missing, ...strangers, ...counts];
}

/**
 * What would run, or compile, when the package is installed. npm 12 blocks both.
 *
 * @param {Record<string, any>} manifest
 * @param {string[]} files
 * @returns {string[]}
 */
export function installTimeWork(manifest, files) {
  const scripts = installScripts.filter((name) => manifest.scripts?.[name] !== undefined);
  return [
    ...scripts.map((name) => `package.json: the script "${name}" would run when the package is installed`),
    ...files.filter((file) => /(^|\/)binding\.gyp$/.test(file)).map((file) => `${file}: npm would run node-gyp for it`),
    ...(manifest.gypfile === false ? [] : ['package.json: "gypfile" must be false']),
  ];
}

/**
 * The files that package.json names for those who load the package, each with the field that names it.
 *
 * @param {Record<string, any>} manifest
 * @returns {{ field: string, file: string }[]}
 */
export function entryPoints({ name, main, module, types, typings, bin, exports }) {
  const bins = typeof bin === 'string' ? { [name]: bin } : bin;
  const fields = Object.entries({ main, module, types, typings, bin: bins, exports });
  return fields.flatMap(([field, value]) => targetsIn(field, value));
}

/** @returns {{ field: string, file: string }[]} */
function targetsIn(field, value) {
  if (typeof value === 'string') return [{ field, file: value.replace(/^\.\//, '') }];
  return Object.entries(value ?? {}).flatMap(([key, inner]) => targetsIn(`${field}["${key}"]`, inner));
}

/**
 * The entry points that lead nowhere.
 *
 * @param {Record<string, any>} manifest
 * @param {string[]} files
 * @returns {string[]}
 */
export function brokenEntryPoints(manifest, files) {
  return entryPoints(manifest)
    .filter(({ file }) => !files.includes(file))
    .map(({ field, file }) => `package.json: ${field} names ${file}, which is not there`);
}
