// SPDX-License-Identifier: MIT
// The steps of a first day, each a process of its own, so that the end of one does not end the others.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const repository = path.resolve(import.meta.dirname, '../../..');

const isWine = process.env.WPR_STAND_IN !== undefined;
const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--config'];
const suite = isWine
  ? // The loader for configurations does not find files by Windows' paths under Wine.
    [...vitest, 'test/wine/vitest.config.mjs', '--configLoader', 'native', 'test/contract', 'test/windows']
  : [...vitest, 'test/windows/vitest.config.mjs'];

/**
 * One step: the arguments of Node, and the function that takes the results from the file that the step wrote and from what
 * it printed.
 *
 * @typedef {object} Step
 * @property {string} what
 * @property {(file: string) => string[]} args
 * @property {(file: string, output: string) => object} read
 */

/** @type {Record<string, Step>} */
export const steps = {
  probes: {
    what: 'asks Windows about each assumption of the model; elevated, it makes and deletes reservations',
    args: (file) => ['test/windows/probes.mjs', '--json', file],
    read: (file) => readJson(file),
  },
  contract: {
    what: 'runs the contract suite; elevated, it makes and deletes reservations and exclusions',
    args: (file) => [...suite, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
    read: (file) => suiteOf(readJson(file)),
  },
  demo: {
    what: 'runs the demo',
    args: () => ['examples/demo.mjs'],
    read: (file, output) => ({ output }),
  },
  benchmark: {
    what: 'measures calls, and reserves some ports meanwhile',
    args: () => ['bench/topics/calls-on-windows.mjs'],
    read: (file, output) => ({ results: jsonLines(output) }),
  },
  listen: {
    what: 'measures listen(), and reserves some ports meanwhile',
    args: () => ['bench/topics/listen.mjs', '--windows'],
    read: (file, output) => ({ results: jsonLines(output) }),
  },
};

/**
 * Runs a step to its end, whatever the end.
 *
 * @param {string} name
 * @param {{ folder: string, env: NodeJS.ProcessEnv }} options
 */
export async function runStep(name, { folder, env }) {
  const { args, read } = steps[name];
  const file = path.join(folder, `${name}.json`);
  const start = performance.now();
  const { exitCode, output } = await runNode(args(file), env);
  const seconds = Math.round((performance.now() - start) / 100) / 10;
  try {
    return { name, seconds, exitCode, ...read(file, output) };
  } catch (error) {
    // The step ended before it wrote its results; the last lines that it printed say why.
    const end = output.trim().split('\n').slice(-30).join('\n');
    return { name, seconds, exitCode, failure: `${error.message}\n${end}` };
  }
}

/** Shows the output while a program runs, and returns it. */
async function runNode(args, env) {
  const child = spawn(process.execPath, [...process.execArgv, ...args], {
    cwd: repository,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
      process.stdout.write(text);
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ exitCode: code ?? signal, output }));
  });
}

function readJson(file) {
  if (!existsSync(file)) throw new Error('The step wrote no results.');
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** Reads the lines that are results; a warning of Node may stand between them. */
function jsonLines(output) {
  const results = output.split(/\r?\n/).filter((line) => line.startsWith('{'));
  if (results.length === 0) throw new Error('The step printed no results.');
  return results.map((line) => JSON.parse(line));
}

/** Takes the counts and the failures from vitest's report. */
function suiteOf({ numPassedTests, numFailedTests, numPendingTests, testResults }) {
  const failed = testResults.flatMap(({ name, message, assertionResults }) => {
    const file = path.relative(repository, name).replaceAll('\\', '/');
    const tests = assertionResults.filter(({ status }) => status === 'failed');
    // A file that could not be loaded has a message and no tests.
    if (assertionResults.length === 0) return [{ file, test: '(the whole file)', message }];
    return tests.map(({ fullName, failureMessages }) => ({
      file,
      test: fullName,
      message: failureMessages.join('\n'),
    }));
  });
  return { passed: numPassedTests, failedTests: numFailedTests, skipped: numPendingTests, failed };
}
