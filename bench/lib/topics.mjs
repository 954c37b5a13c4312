// SPDX-License-Identifier: MIT
// Runs the scripts of the topics, each in its own process: in this Node, or in Windows Node under Wine.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const topics = path.resolve(import.meta.dirname, '../topics');

/**
 * The place where topics run.
 *
 * @typedef {object} Host
 * @property {(script: string, args: string[], output: PassThrough) => Promise<number | null>} run Runs a script and
 * returns its exit code.
 * @property {(file: string) => string} urlOf Returns the URL by which a script there imports a file of this system.
 * @property {Host} [onModel] The same place, where the model of Windows answers.
 */

/** @returns {Host} */
export function thisNode() {
  return {
    urlOf: (file) => pathToFileURL(file).href,
    async run(script, args, output) {
      const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
      child.stdout.pipe(output);
      const [code] = await once(child, 'exit');
      return code;
    },
  };
}

/** @returns {Promise<Host>} */
export async function windowsNode(node) {
  const { setUp } = await import('../../test/wine/setup.mjs');
  const { runInWine } = await import('../../test/wine/run.mjs');
  const { windowsFileUrl, windowsPath } = await import('../../test/wine/paths.mjs');
  const { benchAddon, buildForWine, koffi } = await import('../native/build.mjs');
  buildForWine(setUp());
  const env = {
    // The stand-in asks a model for each answer. Here the answers come at once, from the bench's own addon.
    NODE_OPTIONS: undefined,
    BENCH_ADDON: windowsPath(benchAddon),
    BENCH_KOFFI: windowsFileUrl(koffi),
  };
  const runWith = (options) => async (script, args, output) =>
    (await runInWine(script, args, { node, stdout: output, stderr: process.stderr, ...options })).exitCode;
  return {
    koffi,
    urlOf: windowsFileUrl,
    run: runWith({ env }),
    onModel: { urlOf: windowsFileUrl, run: runWith({}) },
  };
}

/** Starts a script of the folder `topics`; its lines are JSON. */
export function startTopic(host, name, args = []) {
  const output = new PassThrough();
  const ended = host.run(path.join(topics, `${name}.mjs`), args.map(String), output).then((exitCode) => {
    output.end();
    return exitCode;
  });
  return { lines: createInterface({ input: output })[Symbol.asyncIterator](), ended };
}

/** Runs a script of the folder `topics` to its end and returns its results. */
export async function runTopic(host, name, args = []) {
  const { lines, ended } = startTopic(host, name, args);
  const reports = [];
  for await (const line of { [Symbol.asyncIterator]: () => lines }) reports.push(JSON.parse(line));
  const exitCode = await ended;
  if (exitCode !== 0) throw new Error(`the topic ${name} ended with ${exitCode}`);
  return reports;
}
