// SPDX-License-Identifier: MIT
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import path from 'node:path';
import { isatty } from 'node:tty';
import spawn from 'cross-spawn';
import { explainingNodeOptions } from '../../explain/node-options.js';
import type { Outcome } from '../outcome.js';

export interface RunOptions {
  /** The place for the reason of a failed bind: the standard error, at once, or the message of the error. */
  readonly explain: 'stderr' | 'message';
  /** Whether to run the command on the simulated machine. */
  readonly simulate?: boolean;
}

/** Runs a command with this process's streams. The outcome prints nothing and has the exit code of the command. */
export async function runCommand([file = '', ...args]: readonly string[], options: RunOptions): Promise<Outcome> {
  const child = spawn(file, args, { stdio: 'inherit', env: environmentOf(options) });
  const stopPassing = passSignals(child);
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    return { data: {}, text: () => '', exitCode: code ?? endLike(signal, stopPassing) };
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? notFound(file, error) : error;
  } finally {
    stopPassing();
  }
}

function notFound(file: string, cause: unknown): Error {
  const message = `cannot start '${file}': there is no such program on the PATH, and no such file`;
  return Object.assign(new Error(message, { cause }), { code: 'ENOENT' });
}

function environmentOf({ explain, simulate = false }: RunOptions): NodeJS.ProcessEnv {
  const environment = { ...process.env };
  const { WIN_PORT_RESERVATION_MACHINE: machine = '' } = environment;
  // Windows ignores the case of variable names, but a copy of its environment does not.
  const name = Object.keys(environment).find((each) => nameOnThisSystem(each) === 'NODE_OPTIONS') ?? 'NODE_OPTIONS';
  return {
    ...environment,
    [name]: explainingNodeOptions(environment[name]),
    WIN_PORT_RESERVATION_EXPLAIN: explain,
    ...(simulate && { WIN_PORT_RESERVATION_SIMULATE: '1' }),
    // The programs may run in other folders.
    ...(machine !== '' && { WIN_PORT_RESERVATION_MACHINE: path.resolve(machine) }),
  };
}

function nameOnThisSystem(name: string): string {
  return process.platform === 'win32' ? name.toUpperCase() : name;
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
