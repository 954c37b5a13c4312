// SPDX-License-Identifier: MIT
// Runs every linter, ESLint beside the others because it takes as long as all of them.
import path from 'node:path';
import { runLanes } from '../test/shared/lanes.mjs';

const cwd = path.resolve(import.meta.dirname, '..');
const tool = (name, ...args) => [path.join(cwd, 'node_modules/.bin', name), ...args];

const lanes = [
  { eslint: tool('eslint', '.') },
  {
    types: tool('tsc', '-p', 'test'),
    page: tool('tsc', '-p', 'src/cli/map/page'),
    docstrings: tool('typedoc', '--emit', 'none', '--logLevel', 'Warn'),
    prettier: tool('prettier', '--check', '--log-level', 'warn', '.'),
    cspell: tool('cspell', '--no-progress', '--quiet', '.'),
    cpp: [process.execPath, 'scripts/lint-cpp.mjs'],
  },
];
if (!(await runLanes(lanes, { cwd }))) process.exitCode = 1;
