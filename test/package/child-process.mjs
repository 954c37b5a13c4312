// SPDX-License-Identifier: MIT
// Runs the processes that checks start: each has a time limit and ends with this process.
import { spawn, spawnSync } from 'node:child_process';
import { Problems } from './report.mjs';

/**
 * The ids of the running processes. Each leads a group or a tree of its own, so that processes that npm starts end with
 * it.
 */
const running = new Set();

process.once('exit', () => running.forEach(kill));
function kill(id) {
  if (process.platform === 'win32') {
    spawnSync('taskkill', ['/pid', String(id), '/t', '/f'], { stdio: 'ignore' });
    return;
  }
  try {
    process.kill(-id, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/**
 * The variables that npm, a test runner or a user sets for this process, and that another user's process would not
 * have.
 */
const inherited =
  /^(npm_(?!config_(registry|userconfig|cache)$)|NODE_OPTIONS$|NODE_PATH$|VITEST|WPR_|WIN_PORT_RESERVATION|INIT_CWD$)/i;

/** @returns {NodeJS.ProcessEnv} */
function strangersEnvironment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !inherited.test(name)));
}

/**
 * @typedef {object} RunOptions
 * @property {string} cwd
 * @property {number} seconds The time after which it is killed.
 * @property {NodeJS.ProcessEnv} [env] Added to the environment.
 *
 * @typedef {object} RunResult
 * @property {number | null} exitCode Null if it was killed.
 * @property {boolean} timedOut
 * @property {string} stdout
 * @property {string} stderr
 */

/**
 * Runs a program to its end.
 *
 * @param {string[]} command
 * @param {RunOptions} options
 * @returns {Promise<RunResult>}
 */
export function run([program, ...args], { cwd, seconds, env }) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...strangersEnvironment(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
    });
    const output = { stdout: '', stderr: '' };
    for (const name of /** @type {const} */ (['stdout', 'stderr'])) {
      child[name].setEncoding('utf8').on('data', (text) => (output[name] += text));
    }
    let timedOut = false;
    const limit = setTimeout(() => {
      timedOut = true;
      kill(child.pid);
    }, seconds * 1000);
    child.once('spawn', () => running.add(child.pid));
    child.once('error', (error) => {
      clearTimeout(limit);
      reject(error);
    });
    child.once('close', (exitCode) => {
      clearTimeout(limit);
      running.delete(child.pid);
      resolve({ exitCode, timedOut, ...output });
    });
  });
}

/**
 * Throws an error that says how a process ended, if not with 0.
 *
 * @param {string} what
 * @param {RunResult} result
 * @returns {RunResult}
 */
export function mustSucceed(what, result) {
  if (result.exitCode === 0) return result;
  const end = result.timedOut ? 'took too long, and was killed' : `ended with ${result.exitCode}`;
  throw new Problems([`${what} ${end}\n${result.stderr.trim() || result.stdout.trim()}`]);
}

/**
 * Runs a program that must end with 0.
 *
 * @param {string[]} command
 * @param {RunOptions} options
 */
export async function runWell(command, options) {
  return mustSucceed(command.join(' '), await run(command, options));
}

/**
 * Runs a script in this Node, which must end with 0.
 *
 * @param {string[]} args
 * @param {RunOptions} options
 */
export function runNode(args, options) {
  return runWell([process.execPath, ...args], options);
}

/**
 * Runs npm, which is a script on Windows.
 *
 * @param {string[]} args
 * @param {RunOptions} options
 */
export function runNpm(args, options) {
  const { npm_execpath: npm = '' } = process.env;
  return npm.endsWith('npm-cli.js') ? runNode([npm, ...args], options) : runWell(['npm', ...args], options);
}
