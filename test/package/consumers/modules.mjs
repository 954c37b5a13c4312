// SPDX-License-Identifier: MIT
// Loads the entry points that it is given, with `import` or with `require`, and prints the names that each exports.
import { createRequire } from 'node:module';

const [way, ...specifiers] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const names = {};
for (const specifier of specifiers) {
  const loaded = way === 'require' ? require(specifier) : await import(specifier);
  // Node puts this mark on what it requires from a module of the other kind.
  names[specifier] = Object.keys(loaded).filter((name) => name !== '__esModule');
}
console.log(JSON.stringify(names));
