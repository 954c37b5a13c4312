// SPDX-License-Identifier: MIT
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { defineConfig } from 'vitest/config';
import { noCertificates } from './test/shared/no-certificates.mjs';
import { hangLimitMs, pollLimitMs } from './test/shared/time-limits.mjs';

// The machine of the contract suite: a file for this run only, deleted with it.
const machineDirectory = mkdtempSync(path.join(tmpdir(), 'win-port-reservation-test-'));
process.once('exit', () => {
  // The process of the tests may still be ending, and write its part of the machine meanwhile.
  for (let triesLeft = 100; existsSync(machineDirectory); triesLeft -= 1) {
    try {
      rmSync(machineDirectory, { recursive: true, force: true });
    } catch (error) {
      if (triesLeft === 0) throw error;
    }
  }
});

// Set these here and not in `env`, which is set after the preload of --import.
process.env['WIN_PORT_RESERVATION_MACHINE'] = path.join(machineDirectory, 'machine.json');

// The overrides of a machine with other answers to the open questions about Windows:
// test/variations/flipped-assumptions.mjs.
if (process.env['WPR_ASSUMPTIONS'] !== undefined) {
  const { SimulatedWindows } = await import('./dist/simulator/index.js');
  const machine = new SimulatedWindows({ assumptions: JSON.parse(process.env['WPR_ASSUMPTIONS']) as object }).save();
  writeFileSync(process.env['WIN_PORT_RESERVATION_MACHINE'], JSON.stringify({ machine, processes: [] }));
}

const simulate = pathToFileURL(path.resolve('dist/simulator/simulate.js')).href;

const limits = {
  testTimeout: hangLimitMs,
  hookTimeout: hangLimitMs,
  expect: { poll: { timeout: pollLimitMs } },
};

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...limits,
          name: 'unit',
          include: ['test/{unit,repo,situations}/**/*.test.ts', 'examples/*.test.mjs'],
          isolate: false,
          env: noCertificates,
        },
      },
      // These tests need Chromium, or another browser with the DevTools protocol.
      { test: { ...limits, name: 'browser', include: ['test/browser/**/*.test.ts'] } },
      // These tests need the cross-build; `npm test` runs them if there is a compiler.
      { test: { ...limits, name: 'binary', include: ['test/binary/**/*.test.ts'] } },
      // These tests install tools from npm.
      ...['recipes', 'frameworks', 'docker'].map((name) => ({
        test: { ...limits, name, include: [`test/recipes/${name}.test.ts`], maxConcurrency: 2 },
      })),
      {
        test: {
          ...limits,
          name: 'contract',
          include: ['test/contract/**/*.test.ts'],
          // All files share one machine, and each test plans failures on it.
          fileParallelism: false,
          isolate: false,
          // The module that the preload loaded, not a second copy.
          server: { deps: { external: [/\/dist\//] } },
          execArgv: ['--expose-gc', `--import=${simulate}`],
          env: {
            // For child processes of the tests.
            NODE_OPTIONS: `--import=${simulate}`,
            ...noCertificates,
          },
        },
      },
    ],
  },
});
