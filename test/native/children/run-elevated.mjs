// SPDX-License-Identifier: MIT
// Starts a program elevated, and writes what came of it: run-elevated.mjs answer-file file parameters folder
import { writeFileSync } from 'node:fs';
import { addon } from './addon.mjs';

const [answer, ...args] = process.argv.slice(2);
writeFileSync(answer, JSON.stringify(await addon.runElevated(...args)));
