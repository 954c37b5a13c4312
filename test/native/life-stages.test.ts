// SPDX-License-Identifier: MIT
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { askMachineServer } from '../contract/ring.js';
import {
  handlesGiveOrTake,
  letGo,
  lookAtMachine,
  noTraces,
  startNativeChild,
  tracesLeftSince,
  tracesSince,
} from './child-process.js';
import { temporaryFolder } from '../shared/temporary-folder.js';

describe('a worker thread that is terminated while it loads the addon or in the middle of calls', () => {
  it('leaves no socket, reservation or handle, and the process lives, a hundred times over', async () => {
    const before = await lookAtMachine();
    const count = 100;
    // With --expose-gc V8 adds `gc` to each new context, and prints an error if the thread is terminated meanwhile.
    const child = startNativeChild('terminate-workers.mjs', [count], { flags: [] });
    const report = await child.next<{ terminated: number; newHandles: number }>();
    expect(report.terminated).toBe(count);
    expect(Math.abs(report.newHandles)).toBeLessThanOrEqual(handlesGiveOrTake);
    expect(await tracesSince(before)).toEqual({ processes: 1, sockets: 0, reservations: 0 });
    expect(await child.finish()).toBe(0);
    expect(child.stderr()).toBe('');
  });
});

describe('an addon that only worker threads have loaded', () => {
  let folder: string;

  beforeEach(() => {
    folder = temporaryFolder('unload');
  });

  it('stays in the process when they end, because their calls return to its code', async () => {
    const child = startNativeChild('unload.mjs', [folder, 3]);
    expect(await child.next()).toEqual([false, true, true, true]);
    expect(await child.exited).toBe(0);
    expect(child.stderr()).toBe('');
  });
});

describe('a process with 32 calls under way', () => {
  afterEach(letGo);

  it.each([
    ['process.exit(7)', 'exit', 7, ''],
    ['an uncaught exception', 'throw', 1, 'thrown on purpose'],
  ])(
    'ends by %s without waiting for the calls, with the right exit code and nothing left',
    async (_, end, exitCode, message) => {
      const before = await lookAtMachine();
      const child = startNativeChild('end-in-calls.mjs', [end]);
      expect(await child.next()).toBe('calling');
      // None of the calls returns before that.
      expect(await child.exited).toBe(exitCode);
      await letGo();
      expect(child.stderr()).toContain(message);
      expect(child.stderr()).not.toContain('FATAL');
      expect(await tracesLeftSince(before)).toEqual(noTraces);
    },
  );

  it('leaves nothing when it is killed', async () => {
    const before = await lookAtMachine();
    const child = startNativeChild('end-in-calls.mjs', ['wait']);
    await child.next();
    await expect.poll(() => askMachineServer('countHeld', [])).toBeGreaterThan(0);
    expect((await tracesSince(before)).sockets).toBeGreaterThanOrEqual(2);
    await child.kill();
    await letGo();
    expect(await tracesLeftSince(before)).toEqual(noTraces);
  });
});
