// SPDX-License-Identifier: MIT
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { RecentAnswers } from '../../../src/explain/errors/recent-answers.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('answers are kept while they are valid, and then forgotten', () => {
  const answers = new RecentAnswers<string | undefined>(1000);
  answers.set('one', undefined);
  vi.advanceTimersByTime(999);
  expect(answers.get('one')).toMatchObject({ answer: undefined });
  vi.advanceTimersByTime(1);
  expect(answers.get('one')).toBeUndefined();
  answers.set('two', 'yes');
  expect(answers.size).toBe(1);
  expect(answers.get('two')?.answer).toBe('yes');
});
