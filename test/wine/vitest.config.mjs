// SPDX-License-Identifier: MIT
import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { hangLimitMs, pollLimitMs } from '../shared/time-limits.mjs';
import { ProgressReporter } from './progress-reporter.mjs';

/** rolldown's WebAssembly build does not find files by Windows' paths, so that relative imports are resolved here. */
const relativeImports = {
  name: 'relative-imports',
  enforce: 'pre',
  resolveId(id, importer) {
    if (importer === undefined || !/^\.\.?\//.test(id)) return null;
    const file = fileURLToPath(new URL(id, pathToFileURL(importer)));
    // TypeScript names the file that a source will be compiled to.
    const candidates = [file, file.replace(/\.([cm]?)js$/, '.$1ts')];
    return candidates.find((candidate) => existsSync(candidate))?.replaceAll('\\', '/');
  },
};

export default {
  plugins: [relativeImports],
  cacheDir: '.wine/vite',
  test: {
    // Two runs at once would write one file.
    cache: false,
    include: ['test/**/*.test.ts', 'examples/*.test.mjs'],
    // All files share one machine.
    fileParallelism: false,
    // All files run in one process, because the start of another one costs a second of Wine's and vitest's work.
    isolate: false,
    // Wine fails to start a process (spawn UNKNOWN) about once in a thousand times, including netsh and vitest's forks.
    retry: 1,
    testTimeout: hangLimitMs,
    hookTimeout: hangLimitMs,
    expect: { poll: { timeout: pollLimitMs } },
    reporters: ['default', new ProgressReporter(process.env.WPR_PROGRESS)],
    env: { WPR_WINE: '1' },
    // The module that the package's own name resolves to, not a second copy.
    server: { deps: { external: [/\/dist\//] } },
  },
};
