// SPDX-License-Identifier: MIT
// Checks that the package's prebuilt binary works in a real Windows Node under Wine, where neither Node nor npm could
// build another one.
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { hangLimitMs } from '../shared/time-limits.mjs';
import { nodeExecutable, nodeVersions, prefix, windowsPath } from '../wine/paths.mjs';
import { runInWine } from '../wine/run.mjs';
import { setUp } from '../wine/setup.mjs';
import { findToolchain } from '../wine/toolchain.mjs';
import { startInWine } from '../wine/wine-process.mjs';
import { mustSucceed } from './child-process.mjs';
import { bundle, bundleJob, checkCommands } from './consumer-checks.mjs';
import { Problems, Skipped, throwProblems } from './report.mjs';
import { seamProblems } from './seam.mjs';

/**
 * @typedef {import('./project.mjs').Project} Project
 * @typedef {import('../wine/paths.mjs').NodeMajor} NodeMajor
 */

/** The versions of Windows Node that run under Wine. */
export const windowsNodes = /** @type {NodeMajor[]} */ (Object.keys(nodeVersions).map(Number));

function skipWithoutWine() {
  const { available, reason } = findToolchain();
  if (!available) throw new Skipped(reason);
}

/**
 * Runs a script in Windows Node, without stand-ins for what Wine lacks.
 *
 * @param {NodeMajor} node
 * @param {string} script
 * @param {string[]} args
 * @param {string} cwd
 */
async function runInWindowsNode(node, script, args, cwd) {
  const command = [nodeExecutable(node), windowsPath(script), ...args];
  // Preloads nothing. The simulated machine of the prefix's user may be from another version of the package.
  const machine = windowsPath(path.join(cwd, 'machine.json'));
  const env = { NODE_OPTIONS: undefined, NODE_PATH: undefined, WIN_PORT_RESERVATION_MACHINE: machine };
  const result = await startInWine(setUp(), command, { prefix, cwd, silenceMs: hangLimitMs, env }).done;
  return mustSucceed(`${path.basename(script)} in Windows Node ${nodeVersions[node]}`, result).stdout;
}

/**
 * Loads the binary, and compares what it exports with the interface of the seam.
 *
 * @param {Project} project
 * @param {NodeMajor} node
 */
export async function checkSeam(project, node) {
  skipWithoutWine();
  const script = project.add('addon-exports.mjs');
  const addon = windowsPath(project.prebuild('win32-x64'));
  const types = JSON.parse(await runInWindowsNode(node, script, [addon], project.directory));
  const others = Object.keys(types).filter((name) => types[name] !== 'function');
  throwProblems([...seamProblems(Object.keys(types)), ...others.map((name) => `${name} is a ${types[name]}`)]);
  return `${Object.keys(types).length} functions`;
}

/**
 * Loads every entry point.
 *
 * @param {Project} project
 * @param {NodeMajor} node
 */
export async function checkModulesOnWindows(project, node) {
  skipWithoutWine();
  const script = project.add('modules.mjs');
  const ways = await Promise.all(
    ['import', 'require'].map((way) => runInWindowsNode(node, script, [way, ...project.specifiers], project.directory)),
  );
  const [imported, required] = ways.map((text) => JSON.parse(text));
  if (!isDeepStrictEqual(imported, required)) throw new Problems(['import and require give different names']);
  return 'import, require';
}

/**
 * Asks every command for its version and for help.
 *
 * @param {Project} project
 * @param {NodeMajor} node
 */
export function checkCommandsOnWindows(project, node) {
  skipWithoutWine();
  return checkCommands(project, (args, _, target) => runInWindowsNode(node, target, args, project.directory));
}

/**
 * Does the typical job of the package with the real addon, whose calls the stand-in sends to the simulated Windows.
 *
 * @param {Project} project
 * @param {NodeMajor} node
 * @param {string} [script]
 */
export async function checkJobOnWindows(project, node, script = project.add('job.mjs')) {
  skipWithoutWine();
  const addon = project.prebuild('win32-x64');
  const options = { node, addon, cwd: project.directory, silenceMs: hangLimitMs };
  const { stdout } = mustSucceed('the job', await runInWine(script, [], options));
  const { addons } = JSON.parse(stdout);
  if (!isDeepStrictEqual(addons.map(lowerCase), [windowsPath(addon)].map(lowerCase))) {
    throw new Problems([`it must load ${windowsPath(addon)}, and loaded ${addons}`]);
  }
  return 'tcp and udp';
}

const lowerCase = (text) => text.toLowerCase();

/**
 * Does the same in a bundle in which the package is external.
 *
 * @param {Project} project
 * @param {NodeMajor} node
 */
export async function checkBundleOnWindows(project, node) {
  return checkJobOnWindows(project, node, await bundleJob(project, 'esm'));
}

/**
 * Bundles the package itself, which separates it from its binary: the error must say so.
 *
 * @param {Project} project
 */
export async function checkBundledIn(project) {
  skipWithoutWine();
  const [node] = windowsNodes;
  for (const format of /** @type {const} */ (['esm', 'cjs'])) {
    const script = await bundle(project, 'bundled-in.mjs', format, []);
    const stdout = await runInWindowsNode(node, script, [], project.directory);
    const { code, message } = JSON.parse(stdout);
    if (code !== 'ERR_ADDON_NOT_LOADED' || !message.includes('a bundler must leave the package external')) {
      throw new Problems([`bundled as ${format} it says ${code}: ${message}`]);
    }
  }
  return 'esm, cjs';
}
