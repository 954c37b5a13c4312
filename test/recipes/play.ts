// SPDX-License-Identifier: MIT
// Runs the steps of a page.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { isShown, type Step } from './page.js';

/** The commands of the pages with what a test answers for the user. npx would only take the time of an npm. */
function asRun(command: string): string {
  const plain = command.replaceAll(/\bnpx (?:--no-install )?/g, '');
  return plain.includes(' protect ') ? `${plain} --stop-winnat` : plain;
}

interface Surroundings {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
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

/** Runs a command until it ends, or, if the page shows the address of a server, until that server has answered. */
async function runCommand(command: string, shows: readonly string[], { cwd, env }: Surroundings): Promise<void> {
  const child = spawn('bash', ['-c', asRun(command)], { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
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
  const url = shows.map((line) => /http:\/\/[\w.[\]:]+\d\/?/.exec(line)?.[0]).find((found) => found !== undefined);
  try {
    if (url === undefined) {
      const refused = shows.some((line) => /EACCES|^no: /.test(line));
      // PM2 starts a program that is refused its port again and again.
      const isSupervised = refused && command.includes('pm2-runtime');
      const exitCode = await (isSupervised ? Promise.race([closed, complete]) : closed);
      expect({ command, refused: exitCode !== 0 }, output).toEqual({ command, refused });
    } else if ((await Promise.race([closed, complete])) === undefined) {
      const { status } = await fetch(url);
      expect({ url, status }, output).toEqual({ url, status: 200 });
    }
  } finally {
    signalGroup(child, 'SIGTERM');
    await closed;
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
