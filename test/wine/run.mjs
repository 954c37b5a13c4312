// SPDX-License-Identifier: MIT
// Runs a script in a real Windows Node under Wine, with the addon and the stand-in for functions that Wine lacks.
import { constants } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { findAddon } from './addon.mjs';
import { startMachine } from './machine.mjs';
import {
  addonDirectory,
  isMainRing,
  newestNode,
  nodeExecutable,
  nodeVersions,
  prefix,
  standIn,
  windowsFileUrl,
  windowsPath,
} from './paths.mjs';
import { setUp } from './setup.mjs';
import { startInWine } from './wine-process.mjs';

export { startMachine };

/**
 * @typedef {object} RunOptions
 * @property {import('./paths.mjs').NodeMajor} [node] The newest of the ring by default.
 * @property {boolean} [elevated] True by default.
 * @property {string} [addon] The addon to use; that of the cross-build by default.
 * @property {string} [prefix] The first one by default.
 * @property {import('./machine.mjs').Machine} [machine] By default a new one for this run alone.
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {number} [silenceMs] The process is killed after this time without output; no limit by default.
 * @property {NodeJS.WritableStream} [stdout] Gets the output as it is written.
 * @property {NodeJS.WritableStream} [stderr]
 * @property {AbortSignal} [signal] Kills the process.
 */

/**
 * Runs a script to its end.
 *
 * @param {string} script
 * @param {string[]} [args]
 * @param {RunOptions} [options]
 * @returns {Promise<import('./wine-process.mjs').WineResult>}
 */
export async function runInWine(
  script,
  args = [],
  { node = newestNode, elevated = true, addon, env, signal, ...options } = {},
) {
  if (!(node in nodeVersions)) throw new RangeError(`node must be one of ${Object.keys(nodeVersions)}, not ${node}`);
  const toolchain = setUp();
  const attached = addon ?? findAddon();
  const machine = options.machine ?? (await startMachine());
  try {
    signal?.throwIfAborted();
    const running = startInWine(toolchain, [nodeExecutable(node), windowsPath(script), ...args], {
      prefix,
      ...options,
      env: { ...hygiene(), ...attachment(machine, attached, elevated), ...env },
    });
    signal?.addEventListener('abort', running.kill, { once: true });
    return await running.done;
  } finally {
    if (!options.machine) await machine.stop();
  }
}

/** Use NODE_OPTIONS, so that child processes are attached too, regardless of their command line. */
function attachment(machine, addon, elevated) {
  return {
    NODE_OPTIONS: `--import=${windowsFileUrl(path.join(import.meta.dirname, 'attach.mjs'))}`,
    WPR_MACHINE_PORT: String(machine.port),
    WPR_CONTROL_PORT: String(machine.controlPort),
    WPR_ADDON: windowsPath(addon),
    // node-gyp-build looks for prebuilds/ there, and not in the package.
    ...(isMainRing ? {} : { WIN_PORT_RESERVATION_PREBUILD: windowsPath(path.resolve(addonDirectory, '../..')) }),
    WPR_STAND_IN: windowsPath(standIn),
    WPR_ELEVATED: elevated ? '1' : '0',
  };
}

/** Removes the variables that a test runner or a coverage tool of the host sets for its own child processes. */
function hygiene() {
  const names = Object.keys(process.env).filter((name) => /^(VITEST|NODE_PATH$|NODE_V8_COVERAGE$)/.test(name));
  return Object.fromEntries(names.map((name) => [name, undefined]));
}

/**
 * Runs for a command line, until the end or until this process is told to end, and returns the exit code to pass on.
 *
 * @param {(signal: AbortSignal) => Promise<import('./wine-process.mjs').WineResult>} run
 */
export async function exitCodeOf(run) {
  const abortion = new AbortController();
  let interruption;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(name, () => {
      interruption = name;
      abortion.abort();
    });
  }
  try {
    const { exitCode, timedOut, serverDied } = await run(abortion.signal);
    if (timedOut) console.error('The time limit ended the run.');
    if (serverDied) console.error("Wine's server died.");
    return interruption ? 128 + constants.signals[interruption] : (exitCode ?? 1);
  } catch (error) {
    if (!interruption) console.error(error.message);
    return interruption ? 128 + constants.signals[interruption] : 1;
  }
}

/** The options of the command lines of this folder. */
export const commandLineOptions = {
  node: { type: 'string', default: String(newestNode) },
  'not-elevated': { type: 'boolean', default: false },
  'time-limit': { type: 'string', default: '0' },
};

/** @param {Record<string, unknown>} values The result of parseArgs with commandLineOptions. */
export const runOptions = (values) => ({
  node: Number(values.node),
  elevated: !values['not-elevated'],
  silenceMs: Number(values['time-limit']) * 1000,
  stdout: process.stdout,
  stderr: process.stderr,
});

if (process.argv[1] === import.meta.filename) {
  const args = process.argv.slice(2);
  const options = commandLineOptions;
  // The arguments after the script belong to the script.
  const { tokens } = parseArgs({ args, options, strict: false, allowPositionals: true, tokens: true });
  const script = tokens.find((token) => token.kind === 'positional');
  if (script) {
    const { values } = parseArgs({ args: args.slice(0, script.index), options });
    process.exitCode = await exitCodeOf((signal) =>
      runInWine(script.value, args.slice(script.index + 1), { ...runOptions(values), signal }),
    );
  } else {
    console.error(
      `run.mjs [--node ${Object.keys(nodeVersions).join('|')}] [--not-elevated] [--time-limit seconds of silence] script [arguments]`,
    );
    process.exitCode = 2;
  }
}
