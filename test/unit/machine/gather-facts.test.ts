// SPDX-License-Identifier: MIT
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { inTurn } from '../../../src/explain/facts/in-turn.js';
import { gatherFacts } from '../../../src/machine/checks/gather-facts.js';
import { SimulatedWindows } from '../../../src/simulator/index.js';
import { getBinding, getNetsh, installBinding } from '../../../src/windows/binding.js';
import { installForTest } from '../install-for-test.js';

beforeEach(() => {
  installForTest(new SimulatedWindows());
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

it('a test bind that hangs ends neither the check of the machine nor the turns of others', async () => {
  const openSocket = () => {
    vi.advanceTimersByTime(5000);
    return new Promise<never>(() => undefined);
  };
  const hanging = new Proxy(getBinding(), {
    get: (target, name): unknown => (name === 'openSocket' ? openSocket : Reflect.get(target, name)),
  });
  const uninstall = installBinding(hanging, getNetsh());
  const facts = await gatherFacts([3000, 3001]);
  uninstall();
  expect(facts.refused).toEqual({ known: false, why: 'There was no answer in 5000 ms.' });
  expect(facts.ranges.known).toBe(true);
  expect(await inTurn(() => Promise.resolve('next'))).toBe('next');
});
