// SPDX-License-Identifier: MIT

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const;

/** Says that the user pressed Ctrl+C or closed the terminal before the command was done. */
export class Interruption extends Error {
  override readonly name = 'Interruption';
  readonly code = 'ERR_INTERRUPTED';

  constructor(signal: NodeJS.Signals) {
    super(`Interrupted (${signal}) before the command was done.`);
  }
}

/**
 * Runs work that must not be left half done: Ctrl+C and the end of the terminal abort its signal, and the work ends by
 * itself. A second Ctrl+C ends the process as usual.
 */
export async function interruptible<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const controller = new AbortController();
  const interrupt = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) {
      stopListening();
      process.kill(process.pid, signal);
    }
    controller.abort(new Interruption(signal));
  };
  const stopListening = (): void => {
    for (const signal of signals) process.off(signal, interrupt);
  };
  for (const signal of signals) process.on(signal, interrupt);
  try {
    return await work(controller.signal);
  } finally {
    stopListening();
  }
}
