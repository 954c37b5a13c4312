// SPDX-License-Identifier: MIT
// Loads the addon that it is given, and prints the names and the types of what it exports.
import { createRequire } from 'node:module';

const [file] = process.argv.slice(2);
const addon = createRequire(import.meta.url)(file);
console.log(JSON.stringify(Object.fromEntries(Object.entries(addon).map(([name, value]) => [name, typeof value]))));
