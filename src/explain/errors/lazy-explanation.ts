// SPDX-License-Identifier: MIT
import { installed } from '../../windows/installed-windows.js';
import type { Protocol } from '../../common/ports.js';
import { askWorker, type Answer, type ListenError } from './ask-worker.js';
import { knownProtocols } from '../facts/error-properties.js';
import { tell, tellsOnStderr } from './tell.js';

const codes = new Set<unknown>(['EACCES', 'EADDRINUSE', 'EADDRNOTAVAIL']);
const calls = new Set<unknown>(['listen', 'bind']);

/** The properties that are made when the program first reads one of them. */
const lazyNames = ['message', 'stack', 'explanation'] as const;

/**
 * Adds the reason to the error: to its `message` and `stack`, and as the PortExplanation in `explanation`. The reason is
 * found when one of them is first read, synchronously, because Node prints an unhandled error in the same turn. A program
 * that reads only `code` pays nothing. An error that cannot be explained stays as it was. Never throws.
 *
 * With WIN_PORT_RESERVATION_EXPLAIN=stderr the reason is found at once and written to the standard error instead.
 */
export function explainLazily(error: unknown, protocol: Protocol): void {
  if (process.platform !== 'win32' && installed.length === 0) return;
  try {
    if (!isListenError(error) || !isChangeable(error)) return;
    knownProtocols.set(error, protocol);
    const explanation = tellsOnStderr() ? tell(error, protocol) : undefined;
    // The reason is not printed twice.
    if (explanation) settle(error, 'explanation', explanation);
    else makeLazy(error, () => askWorker(error, protocol));
  } catch {
    // The error is unusual, a proxy for instance. That is no reason to fail the program.
  }
}

function isListenError(error: unknown): error is ListenError {
  if (!(error instanceof Error)) return false;
  const { code, syscall, port }: Partial<ListenError> = error;
  return codes.has(code) && calls.has(syscall) && typeof port === 'number' && port > 0;
}

/** Tells whether every property can be replaced. An error that was explained before has an `explanation`. */
function isChangeable(error: ListenError): boolean {
  if (!Object.isExtensible(error) || 'explanation' in error) return false;
  return lazyNames.every((name) => Object.getOwnPropertyDescriptor(error, name)?.configurable !== false);
}

type LazyValues = Record<(typeof lazyNames)[number], unknown>;

/**
 * Makes the properties of an error when one of them is first read.
 *
 * @param ask - Called at most once. If it returns undefined, the error stays as it is.
 */
export function makeLazy(error: Error, ask: () => Answer | undefined): void {
  const { message, stack } = error;
  let values: LazyValues | undefined;
  const find = (): LazyValues => {
    if (values) return values;
    values = { message, stack, explanation: undefined };
    const answer = ask();
    if (answer) values = explained(message, stack, answer);
    return values;
  };
  const isLazy = new Set<string>(lazyNames);
  const settleLazy = (name: string, value: unknown): void => {
    // The program has frozen the error since.
    if (Object.getOwnPropertyDescriptor(error, name)?.configurable === false) return;
    isLazy.delete(name);
    settle(error, name, value);
  };
  for (const name of lazyNames) {
    Object.defineProperty(error, name, {
      configurable: true,
      enumerable: false,
      get: () => {
        const found = find();
        for (const each of lazyNames) if (isLazy.has(each)) settleLazy(each, found[each]);
        return found[name];
      },
      set: (value: unknown) => {
        settleLazy(name, value);
      },
    });
  }
}

/** Gives the error an ordinary property that consoles do not list. */
function settle(error: Error, name: string, value: unknown): void {
  Object.defineProperty(error, name, { value, writable: true, configurable: true, enumerable: false });
}

function explained(message: string, stack: string | undefined, { explanation, text }: Answer): LazyValues {
  const longer = `${message}\n${text}`;
  // A program with its own `prepareStackTrace` may return no text, or leave the message out.
  const isText = typeof stack === 'string' && stack.includes(message);
  return { message: longer, stack: isText ? stack.replace(message, () => longer) : stack, explanation };
}
