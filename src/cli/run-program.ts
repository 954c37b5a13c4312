// SPDX-License-Identifier: MIT
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { isatty } from 'node:tty';
import spawn from 'cross-spawn';

/**
 * Runs a program on this process's streams. Signals reach it, and where one ends it, that signal ends this process too, as a
 * shell expects.
 *
 * @returns The exit code.
 * @throws Error ENOENT: there is no such program.
 */
export async function runProgram(
  file: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  const child = spawn(file, args, { stdio: 'inherit', env });
  const stopPassing = passSignals(child);
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    return code ?? endLike(signal, stopPassing);
  } finally {
    stopPassing();
  }
}

/** Tells whether an error says that there is no such program. */
export function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

/** A terminal sends these to every process in it, the command included. */
const sentByTerminals = new Set<NodeJS.Signals>(['SIGINT', 'SIGQUIT', 'SIGBREAK']);
const passed: readonly NodeJS.Signals[] =
  process.platform === 'win32'
    ? ['SIGINT', 'SIGBREAK', 'SIGHUP']
    : ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP', 'SIGUSR2'];

/**
 * Keeps signals from ending this process before the command, and passes them on to it unless it has them already.
 *
 * @returns The function that ends this.
 */
function passSignals(child: ChildProcess): () => void {
  const hasTerminal = [0, 1, 2].some(isatty);
  const pass = (signal: NodeJS.Signals): void => {
    // On Windows all of them come from the console, and `kill` would end the command at once.
    const hasIt = process.platform === 'win32' || (hasTerminal && sentByTerminals.has(signal));
    if (!hasIt) child.kill(signal);
  };
  for (const signal of passed) process.on(signal, pass);
  return () => {
    for (const signal of passed) process.off(signal, pass);
  };
}

/** Ends this process by the signal that ended the command, as a shell expects. The exit code is for where that fails. */
function endLike(signal: NodeJS.Signals | null, stopPassing: () => void): number {
  if (signal === null) return 1;
  stopPassing();
  process.kill(process.pid, signal);
  return 128 + constants.signals[signal];
}
