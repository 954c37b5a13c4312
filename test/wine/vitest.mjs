// SPDX-License-Identifier: MIT
// Runs test files with the repository's own vitest inside Windows Node.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { repository, rolldownBinding, windowsPath } from './paths.mjs';
import { runToTheEnd } from './progress.mjs';
import { commandLineOptions, exitCodeOf, runInWine, runOptions } from './run.mjs';

const vitest = path.join(repository, 'node_modules', 'vitest', 'vitest.mjs');
const config = 'test/wine/vitest.config.mjs';

/**
 * Runs the test files, given relative to the repository, and prints the reporter's output. Files that a death of Wine's
 * server interrupts run once more.
 *
 * @param {import('./run.mjs').RunOptions & { files: string[], args?: string[] }} options
 * @returns {Promise<import('./wine-process.mjs').WineResult>}
 */
export async function runContract({ files, args = [], env, ...options }) {
  const printed = { stdout: '', stderr: '' };
  const result = await runToTheEnd(files, async (left, progressFile) => {
    // The loader for configurations bundles them first; its WebAssembly build does not find files by Windows' paths.
    const flags = ['run', '--config', config, '--configLoader', 'native', ...args, ...left];
    const part = await runInWine(vitest, flags, {
      stdout: process.stdout,
      stderr: process.stderr,
      ...options,
      cwd: repository,
      env: {
        NAPI_RS_NATIVE_LIBRARY_PATH: windowsPath(rolldownBinding),
        // WASI is experimental and would warn in every thread.
        NODE_NO_WARNINGS: '1',
        // On Windows vitest takes every output for a terminal.
        NO_COLOR: process.stdout.isTTY ? undefined : '1',
        WPR_PROGRESS: windowsPath(progressFile),
        ...env,
      },
    });
    for (const stream of ['stdout', 'stderr']) printed[stream] += part[stream];
    return part;
  });
  return { ...result, ...printed };
}

if (process.argv[1] === import.meta.filename) {
  const { values, positionals: files } = parseArgs({ options: commandLineOptions, allowPositionals: true });
  process.exitCode = await exitCodeOf((signal) => runContract({ ...runOptions(values), files, signal }));
}
