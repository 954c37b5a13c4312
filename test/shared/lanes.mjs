// SPDX-License-Identifier: MIT
// Runs checks in lanes at once, each lane's checks one after the other.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { printFailures } from './failures.mjs';

/** The time to print for a check that was told to end. */
const patienceMs = 5000;

/**
 * Gives a command half of the processor that another gets: with less, it would starve beside busy processes. On Windows,
 * which lacks this program, it gets as much.
 */
const yielding = (command) => (process.platform === 'win32' ? command : ['nice', '-n', '3', ...command]);

/**
 * Gives the first lane more of the processor: it is to be the longest, and would otherwise run alone at the end.
 * Prints the output of each check as a whole when the check has ended; at the end the durations, and last the failures. A
 * check that fails does not keep the others from running. A check that could not run says so with a line that begins with
 * NOT RUN, which stands beside its duration. When this process is told to end, it ends the running checks, and
 * prints what they have printed.
 *
 * @param {Record<string, string[]>[]} lanes The commands by name of the check, in order.
 * @param {object} options
 * @param {string} options.cwd
 * @param {(line: string) => void} [options.print]
 * @returns {Promise<boolean>} Whether every check ended with 0.
 */
export async function runLanes(lanes, { cwd, print = console.log }) {
  /** @type {Map<string, string>} */
  const running = new Map();
  const children = new Set();
  const ended = [];
  let isToldToEnd = false;

  async function run(name, [program, ...args]) {
    const start = performance.now();
    print(`${name}: started`);
    running.set(name, '');
    const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    children.add(child);
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => running.set(name, running.get(name) + text));
    const [exitCode, signal] = await once(child, 'close');
    children.delete(child);
    if (isToldToEnd) return new Promise(() => undefined);
    const output = running.get(name);
    running.delete(name);
    ended.push({ name, seconds: (performance.now() - start) / 1000, end: signal ?? exitCode, output });
    printOutput(name, output);
  }

  const printOutput = (name, output) => {
    if (output !== '') print(`\n----- ${name} -----\n${output.trimEnd()}\n`);
  };

  const onTerminate = async () => {
    isToldToEnd = true;
    const closed = [...children].map((child) => once(child, 'close'));
    for (const child of children) child.kill();
    await Promise.race([Promise.all(closed), setTimeout(patienceMs)]);
    for (const [name, output] of running) printOutput(`${name}, not ended`, output);
    process.exit(143);
  };
  process.once('SIGTERM', onTerminate);
  const chosen = lanes.map(Object.entries).filter((lane) => lane.length > 0);
  await Promise.all(
    chosen.map(async (lane, place) => {
      for (const [name, command] of lane) await run(name, place === 0 ? command : yielding(command));
    }),
  );
  process.off('SIGTERM', onTerminate);

  for (const { name, seconds, end, output } of ended) {
    const notes = [end !== 0 && `ended with ${end}`, /^NOT RUN: .*$/m.exec(output)?.[0]].filter(Boolean);
    print(`${seconds.toFixed(0).padStart(5)} s  ${[name, ...notes].join(': ')}`);
  }
  const failed = ended.filter(({ end }) => end !== 0);
  printFailures(
    failed.map(({ name, end, output }) => ({ name: `${name} ended with ${end}`, output })),
    print,
  );
  return failed.length === 0;
}
