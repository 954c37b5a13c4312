// SPDX-License-Identifier: MIT
import path from 'node:path';
import { explainingNodeOptions } from '../../explain/node-options.js';
import type { Outcome } from '../outcome.js';
import { isMissing, runProgram } from '../run-program.js';

export interface RunOptions {
  /** The place for the reason of a failed bind: the standard error, at once, or the message of the error. */
  readonly explain: 'stderr' | 'message';
  /** Whether to run the command on the simulated machine. */
  readonly simulate?: boolean;
}

/** Runs a command with this process's streams. The outcome prints nothing and has the exit code of the command. */
export async function runCommand([file = '', ...args]: readonly string[], options: RunOptions): Promise<Outcome> {
  try {
    return { data: {}, text: () => '', exitCode: await runProgram(file, args, environmentOf(options)) };
  } catch (error) {
    throw isMissing(error) ? notFound(file, error) : error;
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
