// SPDX-License-Identifier: MIT
import { inspect, isDeepStrictEqual } from 'node:util';
import { serialize, deserialize } from 'node:v8';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Answer } from '../../../src/explain/errors/ask-worker.js';
import { explainLazily, makeLazy } from '../../../src/explain/errors/lazy-explanation.js';
import { explainFacts } from '../../../src/explain/explain.js';
import { refusedFactsOf } from './facts-of.js';

const original = 'listen EACCES: permission denied 0.0.0.0:3000';
// Contains text that `replace` would read as a pattern.
const text = "TCP port 3000 is refused, and that costs $& or $1 or $'.";
const longer = `${original}\n${text}`;
const answer: Answer = { explanation: explainFacts(refusedFactsOf(10_013)), text };

let asked: number;
let error: Error & { code?: string; explanation?: unknown };

beforeEach(() => {
  asked = 0;
  error = makeError();
  makeLazy(error, () => {
    asked += 1;
    return answer;
  });
});

function makeError(): Error {
  return Object.assign(new Error(original), {
    code: 'EACCES',
    errno: -13,
    syscall: 'listen',
    address: '0.0.0.0',
    port: 3000,
  });
}

describe('an error that explains itself', () => {
  it('asks no question until its message is read', () => {
    expect([error.code, error.name, Object.keys(error), error instanceof Error]).toEqual([
      'EACCES',
      'Error',
      ['code', 'errno', 'syscall', 'address', 'port'],
      true,
    ]);
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      code: 'EACCES',
      errno: -13,
      syscall: 'listen',
      address: '0.0.0.0',
      port: 3000,
    });
    expect(asked).toBe(0);
  });

  it.each(['message', 'stack', 'explanation'] as const)('asks once, when its %s is read first', (name) => {
    const first = error[name];
    expect(error[name]).toBe(first);
    expect(error.message).toBe(longer);
    expect(error.stack?.startsWith(`Error: ${longer}\n    at makeError`)).toBe(true);
    expect(error.explanation).toBe(answer.explanation);
    expect(asked).toBe(1);
  });

  it('is an ordinary error afterwards', () => {
    expect(error.message).toBe(longer);
    for (const name of ['message', 'stack', 'explanation']) {
      expect(Object.getOwnPropertyDescriptor(error, name)).toMatchObject({
        writable: true,
        configurable: true,
        enumerable: false,
      });
    }
  });

  it('is printed with the explanation', () => {
    expect(inspect(error)).toContain(`Error: ${longer}\n    at makeError`);
    expect(inspect(error)).toContain("code: 'EACCES'");
    expect(String(makeErrorWith(() => answer))).toBe(`Error: ${longer}`);
  });

  it('can be cloned, and the clone is printed with the explanation', () => {
    for (const clone of [structuredClone(error), deserialize(serialize(error)) as Error]) {
      expect(clone).toBeInstanceOf(Error);
      expect(clone.stack).toContain(longer);
    }
    // After it was read, the clone is complete.
    expect(structuredClone(error).message).toBe(longer);
  });

  it('keeps properties that other code sets', () => {
    error.message = 'mine';
    error.explanation = 'none';
    expect([error.message, error.explanation, asked]).toEqual(['mine', 'none', 0]);
    expect(error.stack).toContain(longer);
    error.stack = 'mine too';
    expect([error.message, error.stack]).toEqual(['mine', 'mine too']);
  });

  it('survives being frozen, sealed and read through a proxy', () => {
    Object.freeze(error);
    expect([error.message, error.message]).toEqual([longer, longer]);
    expect(asked).toBe(1);
    expect(() => {
      error.message = 'mine';
    }).not.toThrow();
    const sealed = Object.seal(makeErrorWith(() => answer));
    expect(sealed.stack).toContain(longer);
    expect(
      new Proxy(
        makeErrorWith(() => answer),
        {},
      ).message,
    ).toBe(longer);
  });

  it('stays as it was if there is no answer', () => {
    const unexplained = makeErrorWith(() => undefined);
    expect([unexplained.message, unexplained.explanation]).toEqual([original, undefined]);
    expect(unexplained.stack).toMatch(/^Error: listen EACCES: permission denied 0\.0\.0\.0:3000\n {4}at makeError/);
  });

  it.each([['something that is no text'], [undefined], ['a text without the message']])(
    'leaves a stack alone that is %s',
    (stack) => {
      const prepared = makeError();
      const value = stack === 'something that is no text' ? [stack] : stack;
      Object.defineProperty(prepared, 'stack', { value, configurable: true, writable: true });
      makeLazy(prepared, () => answer);
      expect(isDeepStrictEqual(prepared.stack, value)).toBe(true);
      expect(prepared.message).toBe(longer);
    },
  );
});

function makeErrorWith(ask: () => Answer | undefined): Error & { explanation?: unknown } {
  const made = makeError();
  makeLazy(made, ask);
  return made;
}

describe.skipIf(process.platform === 'win32')('off Windows', () => {
  it('an error stays as it is', () => {
    const untouched = makeError();
    explainLazily(untouched, 'tcp');
    expect(Object.getOwnPropertyDescriptor(untouched, 'message')?.value).toBe(original);
  });
});
