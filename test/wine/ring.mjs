// SPDX-License-Identifier: MIT
// Runs the part of `npm test` that uses the shipped binary in a real Windows Node under Wine. It builds the binary and
// runs both versions of Node at once, each in a prefix of its own; with a version, what that one runs, on what is built.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { printFailures } from '../shared/failures.mjs';
import { runLanes } from '../shared/lanes.mjs';
import { testFiles } from '../shared/test-files.mjs';
import { silenceLimitMs as silenceMs } from '../shared/time-limits.mjs';
import { toJson } from './json.mjs';
import { persistentReservations, startMachine } from './machine.mjs';
import { addonDirectory, arch, isMainRing, nodeVersions, prefix, repository, secondPrefix } from './paths.mjs';
import { runInWine } from './run.mjs';
import { setUp } from './setup.mjs';
import { findToolchain } from './toolchain.mjs';
import { runContract } from './vitest.mjs';

const title = 'Wine ring (the real addon in Windows Node)';

/**
 * Runs something, and once more if Wine's server dies meanwhile, which says nothing about the addon.
 *
 * @param {number} node
 * @param {string} what
 * @param {() => Promise<import('./wine-process.mjs').WineResult>} run
 */
async function passes(node, what, run) {
  const start = performance.now();
  let result = await run();
  if (result.serverDied) {
    console.log(`${title}: Wine's server died while ${what} ran. Running it once more.`);
    result = await run();
  }
  const { exitCode, timedOut, serverDied, stdout, stderr } = result;
  const end = timedOut ? 'did not end' : serverDied ? "lost Wine's server twice" : `ended with ${exitCode}`;
  if (timedOut || serverDied || exitCode !== 0) {
    printFailures([{ name: `${what} on Windows Node ${node} ${end}`, output: `${stdout}${stderr}` }]);
    throw new Error(`${what} ${end} on Windows Node ${node}`);
  }
  console.log(`${title}: ${what} took ${((performance.now() - start) / 1000).toFixed(0)} s on Windows Node ${node}`);
}

async function runRing() {
  setUp();
  const build = ['scripts/build-cross.mjs', '--arch', arch, '--out', addonDirectory];
  const { status } = spawnSync(process.execPath, build, { cwd: repository, stdio: 'inherit' });
  if (status !== 0) throw new Error(`the cross-build ended with ${status}`);
  // The other tests of the cross-build are about the addon of the package.
  const tests = isMainRing ? [] : ['test/binary/headers.test.ts'];
  const binary = [process.execPath, 'node_modules/vitest/vitest.mjs', 'run', '--project', 'binary', ...tests];
  // The newest, which has the most tests, comes first.
  const lanes = Object.keys(runs)
    .reverse()
    .map((node) => ({ [`Windows Node ${node}`]: [process.execPath, import.meta.filename, node] }));
  if (!(await runLanes([...lanes, { binary }], { cwd: repository }))) process.exitCode = 1;
}

/**
 * The native tests of what Node does with the addon: its handles, threads, objects and errors. The others are about
 * calls of Windows, for which one version of Node is enough.
 */
const aboutNode = testFiles('test/native', 'event-loop hostile-callers large-sockets leaks life-stages thread-pool');

/**
 * The files of the contract suite that are about calls of the addon. The others are about code in JavaScript, which does
 * the same on every processor.
 */
const aboutCalls = testFiles(
  'test/contract',
  `callers-objects errors every-function explain find-free-ports free hand-over hold-free-ports kinds life-stages listen
  machine-calls pair persistent port-owners refusals reservations socket udp wildcards`,
);

/** Finds the files with tests that are skipped where a process is not elevated. */
function filesThatNeedElevation() {
  const files = ['test/contract', 'test/windows'].flatMap((folder) => {
    const names = readdirSync(path.join(repository, folder), { recursive: true, encoding: 'utf8' });
    return names.filter((name) => name.endsWith('.test.ts')).map((name) => path.posix.join(folder, name));
  });
  const needsElevation = /\b(elevatedIt|bothElevationsIt|isElevated)\b/;
  return files.filter((file) => needsElevation.test(readFileSync(path.join(repository, file), 'utf8')));
}

const [oldest, newest = oldest] = Object.keys(nodeVersions).map(Number);

/** All that can run on a machine that the tests steer; with this variable, what depends on the processor. */
const steered =
  process.env.WPR_ABOUT_PROCESSOR === '1'
    ? [...aboutCalls, 'test/native']
    : ['test/contract', 'test/native', 'examples'];

/** For a run beside one that looks for leaks at length. */
const fewerCycles = { WPR_LEAK_CYCLES_DIVISOR: '5' };

/** The runs on each version of Node. */
const runs = {
  [oldest]: () => runSteered(oldest, steered),
  [newest]: () => runSteered(newest, steered, arch === 'ia32' ? fewerCycles : {}),
  ...(isMainRing && {
    async [oldest]() {
      // The contract suite runs below, as on Windows; the tests that this leaves out do not depend on Node.
      await runSteered(oldest, [...aboutNode, 'examples'], fewerCycles);
      await runAsOnWindows(oldest, false, ['test/contract', 'test/windows']);
      // Without elevation the tests of these files that need it were skipped.
      await runAsOnWindows(oldest, true, filesThatNeedElevation());
    },
  }),
};

/** Runs at once must not wait for the same server of Wine. */
const prefixes = { [oldest]: secondPrefix, [newest]: prefix };

const optionsFor = (node) => ({ node, prefix: prefixes[node], silenceMs });

/** These tests need a machine that they can steer. */
async function runSteered(node, files, env) {
  console.log(`\n${title}: Node ${nodeVersions[node]}`);
  await passes(node, 'the suite', () => runContract({ ...optionsFor(node), files, env }));
  const demo = path.join(repository, 'examples', 'demo.mjs');
  await passes(node, 'the demo', () => runInWine(demo, [], { ...optionsFor(node), stderr: process.stderr }));
}

/** Runs the suite without a connection to the machine, as on Windows, so that failures of that mode show here too. */
async function runAsOnWindows(node, elevated, files) {
  console.log(`\n${title}, as on Windows: Node ${nodeVersions[node]}, ${elevated ? 'elevated' : 'not elevated'}`);
  const env = { WPR_CONTROL_PORT: undefined, WPR_EXPECT_ELEVATED: elevated ? '1' : '0' };
  const machine = await startMachine();
  try {
    await passes(node, 'the contract suite', () => runContract({ ...optionsFor(node), files, elevated, env, machine }));
    const left = await persistentReservations(machine);
    // On Windows they outlive a restart.
    if (left.length > 0) throw new Error(`the contract suite left reservations behind: ${toJson(left)}`);
  } finally {
    await machine.stop();
  }
  const probes = path.join(repository, 'test/windows/probes.mjs');
  const stdout = process.stdout;
  await passes(node, 'a probe', () => runInWine(probes, ['--strict'], { ...optionsFor(node), elevated, stdout }));
}

const toolchain = findToolchain();
if (toolchain.available) {
  const [node] = process.argv.slice(2);
  await (node === undefined ? runRing() : runs[node]());
} else {
  console.log(`\n${title}: skipped. ${toolchain.reason}`);
  if (process.env.CI === 'true') {
    console.error('With CI=true it must not be skipped.');
    process.exitCode = 1;
  }
}
