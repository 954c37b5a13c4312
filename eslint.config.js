// SPDX-License-Identifier: MIT
import js from '@eslint/js';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';
import prose from './scripts/prose/eslint-plugin.mjs';

const inSrc = (name) => `./src/${name}`;

/** The folders of src/, from the lowest to the highest: a file imports from its own folder and from lower rows. */
const layers = [
  ['common'],
  ['windows'],
  ['calls', 'sockets', 'simulator'],
  ['search'],
  ['reservations'],
  ['explain'],
  ['machine'],
  ['cli', 'index.ts'],
];

const betweenLayers = layers.flatMap((row, floor) =>
  row.map((name) => {
    const above = layers.slice(floor + 1).flat();
    const beside = row.filter((other) => other !== name);
    return { target: inSrc(name), from: [...above, ...beside].map(inSrc) };
  }),
);

/** Folders inside a layer have the same order. */
const insideLayers = [
  { target: inSrc('explain/facts'), from: [inSrc('explain/answer'), inSrc('explain/errors')] },
  { target: inSrc('explain/answer'), from: [inSrc('explain/errors')] },
  { target: inSrc('simulator/model'), from: inSrc('simulator'), except: ['./model'] },
];

export default tseslint.config(
  { ignores: ['dist/', 'build/', 'prebuilds/', '.wine/', '.nodes/', 'coverage/', 'docs/api/'] },
  js.configs.recommended,
  { plugins: { prose } },
  {
    // TypeScript finds what these two rules look for, and they do not know types.
    files: ['**/*.mts'],
    languageOptions: { parser: tseslint.parser },
    rules: { 'no-undef': 'off', 'no-unused-vars': 'off' },
  },
  { files: ['**/*.{ts,cts,mts,js,mjs}'], rules: { 'prose/wording': 'error' } },
  { files: ['src/**/*.{ts,cts}'], rules: { 'prose/wording': ['error', { strings: true }] } },
  { files: ['**/*.md'], processor: 'prose/markdown' },
  { files: ['**/*.{cc,h}'], processor: 'prose/cpp' },
  { files: ['**/*.yml'], processor: 'prose/yaml' },
  {
    files: ['**/*.{ts,cts}'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { project: ['./test/tsconfig.json'], tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Messages may contain numbers.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // Calls of the seam return `undefined | CallFailure`: nothing, or the failure.
      '@typescript-eslint/no-invalid-void-type': 'off',
    },
  },
  {
    files: ['src/**/*.{ts,cts}'],
    plugins: { 'import-x': importX },
    settings: {
      ...importX.flatConfigs.typescript.settings,
      'import-x/resolver-next': [createNodeResolver({ extensionAlias: { '.js': ['.ts', '.js'] } })],
    },
    rules: {
      'import-x/no-cycle': 'error',
      'import-x/no-restricted-paths': ['error', { zones: [...betweenLayers, ...insideLayers] }],
    },
  },
  {
    // CommonJS for versions of Node that the package does not support.
    files: ['**/*.cts'],
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  {
    // The code here is compiled but never run, and some of it is wrong on purpose.
    files: ['test/repo/types/**/*.ts'],
    rules: {
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
    },
  },
  {
    // These files run under Wine, whose server dies when a pipe is closed while it is flushed, as iterators do.
    // readToEnd waits instead.
    files: ['test/{contract,native,windows,wine}/**/*.{ts,mjs}'],
    rules: {
      'no-restricted-syntax': [
        'error',
        'CallExpression[callee.name=/^(buffer|json|text)$/] > MemberExpression[property.name=/^std(out|err)$/]',
        'ForOfStatement[await=true] MemberExpression[property.name=/^std(out|err)$/]',
      ],
    },
  },
  {
    // The script of a page, whose types `npm run lint` checks with those of a browser.
    files: ['src/cli/map/page/*.js'],
    rules: { 'no-undef': 'off' },
  },
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'process',
          'console',
          'Buffer',
          'URL',
          'setTimeout',
          'setInterval',
          'setImmediate',
          'clearTimeout',
          'clearInterval',
          'globalThis',
          'structuredClone',
          'AbortController',
          'AbortSignal',
          'performance',
          'fetch',
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
);
