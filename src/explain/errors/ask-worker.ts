// SPDX-License-Identifier: MIT
import { existsSync } from 'node:fs';
import path from 'node:path';
import type * as WorkerThreads from 'node:worker_threads';
import { installed } from '../../windows/installed-windows.js';
import { withoutNodeOptions } from '../../common/environment.js';
import { listLiveBlocks } from '../../calls/live-blocks.js';
import type { PortBlock, Protocol } from '../../common/ports.js';
import { packageRoot } from '../../package-root.js';
import type { PortExplanation } from '../port-explanation.js';
import { RecentAnswers } from './recent-answers.js';

/** The properties of an error of `listen` or `bind` that are read here; the others stay as they are. */
export interface ListenError extends Error {
  readonly code: string;
  readonly syscall: string;
  readonly port: number;
  readonly address?: string | null;
}

/** An explanation, and the part of it that goes into the message of an error. */
export interface Answer {
  readonly explanation: PortExplanation;
  readonly text: string;
}

/** The data that the worker gets. */
export interface Errand {
  readonly error: Pick<ListenError, 'code' | 'syscall' | 'port' | 'address'>;
  readonly protocol: Protocol;
  readonly ownBlocks: readonly PortBlock[];
  /** The simulated machine of this thread. */
  readonly machine: object | undefined;
  readonly limitMs: number;
  readonly reply: WorkerThreads.MessagePort;
  /** Becomes 1 when there is an answer, or when there will be none. */
  readonly done: Int32Array;
}

// The thread does nothing else while it waits.
const defaultLimitMs = 6000;
// Remembers answers, so that a program that retries and logs each error is held up only once.
const repeatMs = 10_000;

const answers = new RecentAnswers<Answer | undefined>(repeatMs);

/** Explains an error while this thread waits. Undefined if that fails or takes too long. */
export function askWorker(error: ListenError, protocol: Protocol): Answer | undefined {
  const { code, syscall, port, address } = error;
  const key = [protocol, code, syscall, port, address].join();
  const known = answers.get(key);
  if (known) return known.answer;
  const answer = tryToAsk({ error: { code, syscall, port, address: address ?? null }, protocol });
  // A port that is free now may be taken at the next try.
  if (answer?.explanation.bindable !== true) answers.set(key, answer);
  return answer;
}

function tryToAsk(about: Pick<Errand, 'error' | 'protocol'>): Answer | undefined {
  try {
    const share = installed.at(-1)?.share;
    if (installed.length > 0 && !share) return undefined;
    return runErrand({ ...about, ownBlocks: listLiveBlocks(), machine: share?.(), limitMs: limit() });
  } catch {
    // The program may not start threads, for instance. The error stays as it was.
    return undefined;
  }
}

function runErrand(errand: Omit<Errand, 'reply' | 'done'>): Answer | undefined {
  const file = path.join(packageRoot(), 'dist', 'explain', 'errors', 'worker.js');
  // In a bundle the file is missing, and a worker that cannot start would report it too late.
  if (!existsSync(file)) return undefined;

  const threads = process.getBuiltinModule('node:worker_threads');
  const done = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const { port1: mailbox, port2: reply } = new threads.MessageChannel();
  const worker = new threads.Worker(file, {
    name: 'win-port-reservation/explain',
    workerData: { ...errand, reply, done } satisfies Errand,
    transferList: [reply],
    // Keeps the program's preloads out of the worker, this module above all.
    execArgv: [],
    env: withoutNodeOptions(process.env),
    stdout: true,
    stderr: true,
  });
  // The worker's failure must not fail the program, and the program must not wait for its end.
  worker.on('error', () => undefined);
  worker.unref();
  try {
    Atomics.wait(done, 0, 0, errand.limitMs);
    return threads.receiveMessageOnPort(mailbox)?.message as Answer | undefined;
  } finally {
    mailbox.close();
    void worker.terminate();
  }
}

function limit(): number {
  const given = Number(process.env['WIN_PORT_RESERVATION_EXPLAIN_MS']);
  // A longer timer of Node would fire at once.
  return given > 0 ? Math.min(given, 2 ** 31 - 1) : defaultLimitMs;
}
