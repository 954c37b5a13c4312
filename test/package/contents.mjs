// SPDX-License-Identifier: MIT
// Checks the files of the tarball and its package.json.

/** The folders of prebuilt binaries that a release has. */
export const prebuildFolders = ['win32-x64', 'win32-arm64', 'win32-ia32'];

const always = ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'];

/** The documents that are in the tarball as soon as they are in the repository. */
export const documents = [
  'docs/choosing.md',
  'docs/cli-output.schema.json',
  'docs/command-line.md',
  'docs/comparison.md',
  'docs/eacces.md',
  'docs/errors.md',
  'docs/faq.md',
  'docs/map-3000.svg',
  'docs/map.svg',
  'docs/protect.md',
  'docs/recipes/README.md',
  'docs/recipes/bundlers.md',
  'docs/recipes/docker.md',
  'docs/recipes/electron.md',
  'docs/recipes/github-actions.md',
  'docs/recipes/jest.md',
  'docs/recipes/next.md',
  'docs/recipes/nuxt.md',
  'docs/recipes/pm2.md',
  'docs/recipes/vite.md',
  'docs/recipes/vitest.md',
  'docs/recipes/webpack-dev-server.md',
  'docs/recipes/windows-services.md',
  'docs/recipes/wsl.md',
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

/** The bundles of modules that are loaded together. */
export const bundles = ['core', 'sockets', 'questions', 'preload', 'command-line', 'explanation', 'simulation'].map(
  (name) => `dist/${name}.js`,
);

/** The scripts that npm runs when a package is installed, from a registry or from git. */
const installScripts = ['preinstall', 'install', 'postinstall', 'preprepare', 'prepare', 'postprepare', 'prepublish'];

/**
 * @typedef {object} Repository
 * @property {string[]} sources The files of src/, relative to it, with slashes.
 * @property {string[]} present The existing ones of `documents`.
 */

/**
 * Lists the missing files and those that do not belong there, for instance compiled from a source that is gone.
 *
 * @param {string[]} files
 * @param {Repository} repository
 * @param {string[]} prebuilds Folders of prebuilt binaries that must exist.
 * @returns {string[]}
 */
export function strayFiles(files, { sources, present }, prebuilds) {
  const compiled = sources
    .map((file) => /^(.*)(?<!\.d)\.(c?)ts$/.exec(file))
    .flatMap((match) => (match ? [`dist/${match[1]}.${match[2]}js`, `dist/${match[1]}.d.${match[2]}ts`] : []));
  const pageParts = sources.filter((file) => /\.(?:js|css)$/.test(file)).map((file) => `dist/${file}`);
  const expected = new Set([...always, ...present, ...compiled, ...pageParts, ...bundles]);
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
 * Lists what would run or compile when the package is installed. npm 12 blocks both.
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
 * Lists the files that package.json names for loading the package, each with its field.
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
 * Lists the entry points whose file is missing.
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
