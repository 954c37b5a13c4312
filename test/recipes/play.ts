// SPDX-License-Identifier: MIT
// Runs the steps of a page.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, vi } from 'vitest';
import { pollLimitMs } from '../shared/time-limits.mjs';
import { asPattern, isShown, type Step } from './page.js';

/** A server may print its address before it has built its page, which it answers with this status. */
const notYet = 503;

/** The commands of the pages with what a test answers for the user. npx would only take the time of an npm. */
function asRun(command: string): string {
  const plain = command.replaceAll(/\bnpx (?:--no-install )?/g, '');
  return plain.includes(' protect ') ? `${plain} --stop-winnat` : plain;
}

interface Surroundings {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Ends a command that hangs before its test is ended, so that the failure shows its output. */
  readonly limitMs?: number;
}

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) signalGroup(child, 'SIGKILL');
});

/** Reaches what a command has started, too. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Finds the address of a server among the lines of a page, as a pattern: "…" stands for a port that the server chooses. */
function addressAmong(shows: readonly string[]): RegExp | undefined {
  const [address] = shows.flatMap((line) => /http:\/\/[\w.[\]:]+(?:\d|…)\/?/.exec(line) ?? []);
  return address === undefined ? undefined : new RegExp(asPattern(address, String.raw`\d+`));
}

async function expectAnswer(url: string, output: string): Promise<void> {
  const ask = async (): Promise<number | undefined> => {
    const response = await fetch(url);
    await response.text();
    return response.status === notYet ? undefined : response.status;
  };
  const status = await vi.waitUntil(ask, { timeout: pollLimitMs, interval: 200 });
  expect({ url, status }, output).toEqual({ url, status: 200 });
}

/** Runs a command until it ends, or, if the page shows the address of a server, until that server has answered. */
async function runCommand(
  command: string,
  shows: readonly string[],
  { cwd, env, limitMs = pollLimitMs }: Surroundings,
): Promise<void> {
  const child = spawn('bash', ['-c', asRun(command)], { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  const limit = setTimeout(() => {
    signalGroup(child, 'SIGKILL');
  }, limitMs);
  let output = '';
  const missing = (): string[] => shows.filter((line) => !isShown(line, output));
  const complete = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        if (missing().length === 0) resolve();
      });
  });
  const closed = once(child, 'close').then(([exitCode]) => exitCode as number | null);
  const address = addressAmong(shows);
  try {
    if (address === undefined) {
      const refused = shows.some((line) => /EACCES|^no: /.test(line));
      // PM2 starts a program that is refused its port again and again.
      const isSupervised = refused && command.includes('pm2-runtime');
      const exitCode = await (isSupervised ? Promise.race([closed, complete]) : closed);
      expect({ command, refused: exitCode !== 0 }, output).toEqual({ command, refused });
    } else if ((await Promise.race([closed, complete])) === undefined) {
      await expectAnswer(String(address.exec(output)?.[0]), output);
    }
  } finally {
    signalGroup(child, 'SIGTERM');
    await closed;
    clearTimeout(limit);
    running.delete(child);
  }
  expect(missing(), `lines that are missing in the output of ${command}:\n${output}`).toEqual([]);
}

/**
 * Runs the steps of a page in an empty folder.
 *
 * @param prepare - The command that prepares a new machine, at the beginning of each section.
 */
export async function play(steps: readonly Step[], surroundings: Surroundings, prepare: string): Promise<void> {
  const { cwd } = surroundings;
  for (const step of steps) {
    if (step.kind === 'command') await runCommand(step.command, step.shows, surroundings);
    if (step.kind === 'section') {
      await runCommand('win-port-reservation simulate reset', [], surroundings);
      await runCommand(prepare, [], surroundings);
    }
    if (step.kind === 'file') {
      const file = path.join(cwd, step.name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, step.content);
    }
  }
}
