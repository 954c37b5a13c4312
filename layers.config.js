// SPDX-License-Identifier: MIT
// The layers of src/, from the lowest to the highest. A file imports from its own folder and from lower layers; folders of
// one row do not import from each other.
import { createNodeResolver, importX } from 'eslint-plugin-import-x';

const layers = [
  ['common'],
  ['windows'],
  ['calls', 'sockets', 'simulator'],
  ['search'],
  ['reservations'],
  ['explain'],
  ['cli', 'index.ts'],
];

const inSrc = (name) => `./src/${name}`;

const between = layers.flatMap((row, floor) =>
  row.map((name) => {
    const above = layers.slice(floor + 1).flat();
    const beside = row.filter((other) => other !== name);
    return { target: inSrc(name), from: [...above, ...beside].map(inSrc) };
  }),
);

/** Folders inside a layer, in the same order. */
const within = [
  { target: inSrc('explain/facts'), from: [inSrc('explain/answer'), inSrc('explain/errors')] },
  { target: inSrc('explain/answer'), from: [inSrc('explain/errors')] },
  { target: inSrc('simulator/model'), from: inSrc('simulator'), except: ['./model'] },
];

/** @type {import('eslint').Linter.Config} */
export const layerRules = {
  files: ['src/**/*.ts'],
  plugins: { 'import-x': importX },
  settings: { 'import-x/resolver-next': [createNodeResolver({ extensionAlias: { '.js': ['.ts', '.js'] } })] },
  rules: {
    'import-x/no-cycle': 'error',
    'import-x/no-restricted-paths': ['error', { zones: [...between, ...within] }],
  },
};
