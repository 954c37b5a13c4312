// SPDX-License-Identifier: MIT
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type * as WorkerThreads from 'node:worker_threads';
import { installed } from '../../windows/installed-windows.js';
import { listLiveBlocks } from '../../calls/live-blocks.js';
import type { PortBlock, Protocol } from '../../common/ports.js';
import type { PortExplanation } from '../port-explanation.js';
import type { ListenError } from './listen-error.js';
import { RecentAnswers } from './recent-answers.js';

/** An explanation, and what of it goes into the message of an error. */
export interface Answer {
  readonly explanation: PortExplanation;
  readonly text: string;
}

/** What the worker is given. */
export interface Errand {
  readonly error: Pick<ListenError, 'code' | 'syscall' | 'port' | 'address'>;
  readonly protocol: Protocol;
  readonly ownBlocks: readonly PortBlock[];
  /** The simulated machine that this thread is on. */
  readonly machine: object | undefined;
  readonly limitMs: number;
  readonly reply: WorkerThreads.MessagePort;
  /** Becomes 1 when there is an answer, or never will be. */
  readonly done: Int32Array;
}

// The thread waits for nothing else meanwhile.
const defaultLimitMs = 6000;
// A program that tries again and again, and logs each time, is not held up each time.
const repeatMs = 10_000;

const answers = new RecentAnswers<Answer | undefined>(repeatMs);

/** Explains an error while this thread waits. Undefined where that fails or takes too long. */
export function askWorker(error: ListenError, protocol: Protocol): Answer | undefined {
  const { code, syscall, port, address } = error;
  const key = [protocol, code, syscall, port, address].join();
  const known = answers.get(key);
  if (known) return known.answer;
  const answer = tryToAsk({ error: { code, syscall, port, address: address ?? null }, protocol });
  // What can be had now may not be had the next time.
  if (answer?.explanation.bindable !== true) answers.set(key, answer);
  return answer;
}

function tryToAsk(about: Pick<Errand, 'error' | 'protocol'>): Answer | undefined {
  try {
    const share = installed.at(-1)?.share;
    if (installed.length > 0 && !share) return undefined;
    return runErrand({ ...about, ownBlocks: listLiveBlocks(), machine: share?.(), limitMs: limit() });
  } catch {
    // No threads allowed, for instance. The error stays as it was.
    return undefined;
  }
}

function runErrand(errand: Omit<Errand, 'reply' | 'done'>): Answer | undefined {
  const file = fileURLToPath(new URL('./worker.js', import.meta.url));
  // In a bundle it is not there, and a worker that does not start says so too late.
  if (!existsSync(file)) return undefined;

  const threads = process.getBuiltinModule('node:worker_threads');
  const done = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const { port1: mailbox, port2: reply } = new threads.MessageChannel();
  const worker = new threads.Worker(file, {
    name: 'win-port-reservation/explain',
    workerData: { ...errand, reply, done } satisfies Errand,
    transferList: [reply],
    // Nothing of what the program preloads belongs there, this module least of all.
    execArgv: [],
    env: withoutNodeOptions(process.env),
    stdout: true,
    stderr: true,
  });
  // Its failure is no failure of the program, and nothing is to wait for it.
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
  // A timer of Node fires at once where it is longer.
  return given > 0 ? Math.min(given, 2 ** 31 - 1) : defaultLimitMs;
}

function withoutNodeOptions(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const entries = Object.entries(environment).filter(([name]) => name.toUpperCase() !== 'NODE_OPTIONS');
  return Object.fromEntries(entries);
}
