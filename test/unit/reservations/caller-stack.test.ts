// SPDX-License-Identifier: MIT
import { expect, it, onTestFinished } from 'vitest';
import { forgetCaller, keepAsTextSoon, textOf, type HasCaller } from '../../../src/reservations/caller-stack.js';

const here = (): HasCaller => ({ caller: new Error('here') });

it('becomes text, the same for the same place, but not that of a reservation that was released', async () => {
  const [released, held, alike] = Array.from({ length: 3 }, here) as [HasCaller, HasCaller, HasCaller];
  for (const owner of [released, held, alike]) keepAsTextSoon(owner);
  forgetCaller(released);
  await expect.poll(() => held.caller).toContain('caller-stack.test.ts');
  expect(alike.caller).toBe(held.caller);
  expect(released.caller).toBe('');
});

it.each([
  ['throws', () => expect.unreachable()],
  ['gives frames', (_: Error, frames: unknown) => frames],
])('is empty where the Error.prepareStackTrace of the program %s', (_, prepare) => {
  const before: unknown = Reflect.get(Error, 'prepareStackTrace');
  onTestFinished(() => {
    Reflect.set(Error, 'prepareStackTrace', before);
  });
  const owner = here();
  Error.prepareStackTrace = prepare;
  expect(textOf(owner)).toBe('');
});
