// SPDX-License-Identifier: MIT
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist/', 'build/', 'prebuilds/', '.wine/', '.nodes/', 'coverage/', 'native/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { project: ['./test/tsconfig.json'], tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Numbers in messages are what the messages are for.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // The seam says `undefined | CallFailure`: nothing, or the failure.
      '@typescript-eslint/no-invalid-void-type': 'off',
    },
  },
  {
    // What is here is compiled and never run, and some of it is wrong on purpose.
    files: ['test/types/**/*.ts'],
    rules: {
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
    },
  },
  {
    // What runs under Wine, whose server dies when a pipe is closed while it is flushed, as iterators do: readToEnd waits.
    files: ['test/{contract,windows,wine}/**/*.{ts,mjs}'],
    rules: {
      'no-restricted-syntax': [
        'error',
        'CallExpression[callee.name=/^(buffer|json|text)$/] > MemberExpression[property.name=/^std(out|err)$/]',
        'ForOfStatement[await=true] MemberExpression[property.name=/^std(out|err)$/]',
      ],
    },
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
