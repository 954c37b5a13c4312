// SPDX-License-Identifier: MIT
// Runs every linter, ESLint beside the others because it takes as long as all of them.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { runLanes } from '../test/shared/lanes.mjs';

const cwd = path.resolve(import.meta.dirname, '..');

/** Makes a command of the program itself: what npm puts into .bin is a batch file on Windows, which only a shell starts. */
function tool(name, ...args) {
  const folder = path.join(cwd, 'node_modules', name === 'tsc' ? 'typescript' : name);
  const { bin } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  return [process.execPath, path.join(folder, typeof bin === 'string' ? bin : bin[name]), ...args];
}

const lanes = [
  { eslint: tool('eslint', '.') },
  {
    types: tool('tsc', '-p', 'test'),
    page: tool('tsc', '-p', 'src/cli/map/page'),
    prettier: tool('prettier', '--check', '--log-level', 'warn', '.'),
    cspell: tool('cspell', '--no-progress', '--quiet', '.'),
    cpp: [process.execPath, 'scripts/lint-cpp.mjs'],
  },
];
if (!(await runLanes(lanes, { cwd }))) process.exitCode = 1;
