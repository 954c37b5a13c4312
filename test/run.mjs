// SPDX-License-Identifier: MIT
// Runs the checks of the repository on what is built already, in lanes at once: the contract suite and the processes
// that it starts mostly wait for each other, most of all under Wine.
//
//   run.mjs                   what `npm test` runs: lint, the unit tests, the page of the map in a browser, the contract suite
//                             on SimulatedWindows, and on the real addon under Wine, on Windows itself
//   run.mjs all               what CI runs: also other versions of Node, 32-bit Windows Node, Bun and Deno, and the tarball
//   run.mjs all-but-lint      for a CI that lints in another job
//   run.mjs wine-10 arm64 frameworks docker
//                             what CI runs at night, and all of wine-ia32, which must not be missing then
//   run.mjs <check>...
import path from 'node:path';
import { runLanes } from './shared/lanes.mjs';

const node = (...args) => [process.execPath, ...args];
const vitest = (project) => node('node_modules/vitest/vitest.mjs', 'run', '--project', project);

const isWindows = process.platform === 'win32';

/**
 * The checks that run only by their names: they need the packages of another Debian, large packages, or Docker.
 */
const onDemand = {
  'wine-10': node('test/wine/ring-10.mjs'),
  arm64: node('test/binary/arm64.mjs'),
  frameworks: vitest('frameworks'),
  docker: vitest('docker'),
};

const given = process.argv.slice(2);

/** The command of each check, by lane, the longest lane first. The checks of a lane run one after the other, in this order. */
const lanes = [
  {
    ...(isWindows && { windows: node('test/windows/contract.mjs') }),
    setup: node('test/wine/setup.mjs'),
    wine: node('test/wine/ring.mjs'),
    // A new build would replace the files that the other lanes run.
    package: node('test/package/check.mjs', '--built'),
    ...onDemand,
  },
  {
    contract: vitest('contract'),
    versions: node('test/variations/node-versions.mjs'),
    runtimes: node('test/variations/other-runtimes/run.mjs'),
  },
  {
    lint: node('scripts/lint.mjs'),
    browser: vitest('browser'),
  },
  {
    unit: vitest('unit'),
    recipes: vitest('recipes'),
  },
  {
    // Debian's packages for i386 must not decide over all of CI.
    'wine-ia32': node('test/wine/ring-ia32.mjs', ...(given.includes('wine-ia32') ? [] : ['--beside-x64'])),
  },
];

const names = lanes.flatMap((lane) => Object.keys(lane));
const all = names.filter((name) => !(name in onDemand));
const groups = { all, 'all-but-lint': all.filter((name) => name !== 'lint') };
const usual = ['contract', 'lint', 'unit', 'browser', isWindows ? 'windows' : 'wine'];
const wanted = given.length === 0 ? usual : given.flatMap((name) => groups[name] ?? name);
const unknown = wanted.filter((name) => !names.includes(name));
if (unknown.length > 0)
  throw new RangeError(`no check is called ${unknown.join(' or ')}: there are ${names.join(', ')}`);

const chosen = lanes.map((lane) => Object.fromEntries(Object.entries(lane).filter(([name]) => wanted.includes(name))));
if (!(await runLanes(chosen, { cwd: path.resolve(import.meta.dirname, '..') }))) process.exitCode = 1;
