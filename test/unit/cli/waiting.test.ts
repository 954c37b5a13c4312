// SPDX-License-Identifier: MIT
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { run } from '../../../src/cli/run.js';
import { everySecond, showWaiting, type EverySecond } from '../../../src/cli/waiting.js';
import { SimulatedWindows } from '../../../src/simulator/index.js';
import { installForTest } from '../install-for-test.js';
import { runCommand, Screen } from './terminal.js';

const erase = '\r\u001b[2K';

beforeEach(() => {
  installForTest(new SimulatedWindows());
  vi.stubEnv('TERM', 'xterm');
});

afterEach(() => {
  vi.unstubAllEnvs();
});

function withoutColor(text: string): string {
  return text.replaceAll('\u001b[2m', '').replaceAll('\u001b[22m', '');
}

/** A clock whose seconds pass when the test says so. */
class Clock {
  #tick: (() => void) | undefined;
  readonly every: EverySecond = (tick) => {
    this.#tick = tick;
    return () => {
      this.#tick = undefined;
    };
  };

  get isRunning(): boolean {
    return this.#tick !== undefined;
  }

  pass(seconds: number): void {
    for (let second = 0; second < seconds; second += 1) this.#tick?.();
  }
}

describe('a command that takes longer than a second', () => {
  it('says so in a terminal, in one line that it erases', async () => {
    const clock = new Clock();
    const stderr = new Screen(true);
    const answer = await showWaiting(
      () => {
        clock.pass(2);
        return Promise.resolve('the answer');
      },
      stderr,
      clock.every,
    );
    expect(answer).toBe('the answer');
    expect(withoutColor(stderr.text)).toBe(`${erase}asking Windows: 1 s${erase}asking Windows: 2 s${erase}`);
    expect(clock.isRunning).toBe(false);
  });

  it('erases the line before an error too', async () => {
    const clock = new Clock();
    const stderr = new Screen(true);
    const failing = showWaiting(
      () => {
        clock.pass(1);
        return Promise.reject(new Error('refused'));
      },
      stderr,
      clock.every,
    );
    await expect(failing).rejects.toThrow('refused');
    expect(withoutColor(stderr.text)).toBe(`${erase}asking Windows: 1 s${erase}`);
    expect(clock.isRunning).toBe(false);
  });

  it.each([
    ['a pipe', false, 'xterm'],
    ['a terminal that cannot erase', true, 'dumb'],
  ])('says nothing in %s', async (_, isTTY, term) => {
    vi.stubEnv('TERM', term);
    const clock = new Clock();
    const stderr = new Screen(isTTY);
    await showWaiting(
      () => {
        clock.pass(3);
        return Promise.resolve();
      },
      stderr,
      clock.every,
    );
    expect(stderr.text).toBe('');
  });

  it('says nothing in the first second', async () => {
    const { stderr } = await runCommand('list', { isTTY: true });
    expect(stderr).not.toContain('asking Windows');
  });

  it.each([
    ['list', true],
    ['explain 3000', true],
    ['find', true],
    // These ask questions, or print their steps themselves.
    ['protect tcp 3000', false],
    ['free 3000', false],
  ])('%s: shows that it waits: %s', async (line, isShown) => {
    const asked: boolean[] = [];
    const streams = { stdout: new Screen(true), stderr: new Screen(true) };
    await run(line.split(' '), streams, (tick) => {
      asked.push(true);
      tick();
      return () => undefined;
    });
    expect(asked).toEqual(isShown ? [true] : []);
    expect(streams.stderr.text.includes('asking Windows: 1 s')).toBe(isShown);
  });

  it('has a clock of seconds', () => {
    vi.useFakeTimers();
    try {
      let ticks = 0;
      const stop = everySecond(() => {
        ticks += 1;
      });
      vi.advanceTimersByTime(2500);
      expect(ticks).toBe(2);
      stop();
      vi.advanceTimersByTime(5000);
      expect(ticks).toBe(2);
    } finally {
      vi.useRealTimers();
    }
  });
});
