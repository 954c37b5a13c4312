// SPDX-License-Identifier: MIT
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { withoutNodeOptions } from '../common/environment.js';
import { packageError } from '../common/errors.js';
import { installed } from '../windows/installed-windows.js';

/** A process of its own that starts a service again when this process ends without having said that all is well. */
export interface Guard {
  /** Ends the guard: the service runs. */
  dismiss(): Promise<void>;
  /** Leaves the service to the guard, which goes on trying. */
  leave(): void;
}

type GuardProcess = ChildProcessByStdio<Writable, Readable, null>;

/** The first line that the guard reads. */
export interface GuardErrand {
  readonly service: string;
  /** The simulated machine of this process. */
  readonly machine: object | undefined;
}

/** How long the guard may take to start, on a machine that is busy. */
const startLimitMs = 60_000;
/** How long it may take to end, once it is told to. */
const endLimitMs = 10_000;

/** The words that the guard writes when it is ready to work, and that it reads when no work is left. */
export const guardWords = { ready: 'ready', done: 'done' } as const;

/**
 * Starts a guard and waits until it is ready. It has no window and no console, so that neither Ctrl+C nor the end of the
 * terminal reaches it, and learns of the end of this process by the end of its standard input.
 *
 * @throws {@link PortReservationError} ERR_GUARD_FAILED: then nothing may be stopped.
 */
export async function startGuard(service: string): Promise<Guard> {
  const shared = installed.at(-1)?.share?.();
  // A machine in the memory of this process ends with it.
  if (shared !== undefined && !('file' in shared)) return { dismiss: () => Promise.resolve(), leave: () => undefined };

  const file = fileURLToPath(new URL('./guard-process.js', import.meta.url));
  if (!existsSync(file)) throw guardError(service, `${file} is missing: a bundler must leave the package external.`);
  let child: GuardProcess;
  try {
    child = spawn(process.execPath, [file], {
      cwd: path.dirname(file),
      detached: true,
      // Electron's program is a Node only when it is told.
      env: { ...withoutNodeOptions(process.env), ELECTRON_RUN_AS_NODE: '1' },
      stdio: ['pipe', 'pipe', 'ignore'],
      windowsHide: true,
    });
  } catch (error) {
    throw guardError(service, error instanceof Error ? `${error.message}.` : String(error), error);
  }
  // A guard that has ended cannot read what it is told.
  child.stdin.on('error', () => undefined);
  // A process that cannot be started has no output either.
  const exited = once(child, 'exit').catch(() => undefined);
  child.stdin.write(`${JSON.stringify({ service, machine: shared } satisfies GuardErrand)}\n`);
  const said = await within(startLimitMs, firstLine(child.stdout));
  if (said !== guardWords.ready) {
    child.kill();
    letGo(child);
    throw guardError(service, said ?? `It did not start within ${startLimitMs / 1000} seconds.`);
  }
  return {
    async dismiss() {
      child.stdin.end(`${guardWords.done}\n`);
      await within(endLimitMs, exited);
      letGo(child);
    },
    leave() {
      child.stdin.end();
      letGo(child);
    },
  };
}

/** Lets this process end before the guard does. */
function letGo(child: GuardProcess): void {
  child.stdout.destroy();
  child.unref();
}

/** Undefined when the limit is over. The timer alone does not keep the process from ending. */
async function within<Result>(limitMs: number, result: Promise<Result>): Promise<Result | undefined> {
  return Promise.race([result, setTimeout(limitMs, undefined, { ref: false })]);
}

async function firstLine(output: Readable): Promise<string> {
  let text = '';
  output.setEncoding('utf8');
  await new Promise<void>((resolve) => {
    output.on('data', (chunk: string) => {
      text += chunk;
      if (text.includes('\n')) resolve();
    });
    output.once('error', () => {
      resolve();
    });
    output.once('close', resolve);
  });
  const [line = ''] = text.split('\n', 1);
  return line === '' ? 'It ended at once.' : line.trim();
}

function guardError(service: string, reason: string, cause?: unknown): Error {
  const byHand = `Try again, or do it by hand in an elevated shell: net stop ${service}, then protect the ports, then net start ${service}.`;
  return packageError('ERR_GUARD_FAILED', `${reason} ${byHand}`, { cause });
}
