// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { handlesGiveOrTake, startNativeChild } from './child-process.js';

// These run in child processes, because a defect that they find ends the process.

it('the addon answers thousands of arbitrary calls as documented, and loses no handle', async () => {
  const child = startNativeChild('fuzz.mjs', [300], { elevated: false });
  const { calls, leakedHandles, ...kinds } = await child.next<Record<string, number>>();
  expect(await child.exited).toBe(0);
  expect(child.stderr()).toBe('');
  expect(calls).toBeGreaterThan(3000);
  expect(Object.keys(kinds).sort()).toEqual(['callerErrors', 'disowned', 'refusals', 'results', 'typeErrors']);
  for (const [kind, count] of Object.entries(kinds)) expect(count, kind).toBeGreaterThan(20);
  expect(Math.abs(leakedHandles ?? NaN)).toBeLessThanOrEqual(handlesGiveOrTake);
});

const [busy, notSocket] = [10036, 10038];
const answers = (errorNumber: number) => ({
  lent: -1,
  disowned: false,
  errorNumbers: Array.from({ length: 5 }, () => errorNumber),
});
const hostile = (...names: string[]) => Object.fromEntries(names.map((name) => [name, `hostile ${name}`]));

describe('the addon and its process survive', () => {
  it.each<[scenario: string, outcome: unknown]>([
    [
      'accessors of Object.prototype that throw',
      {
        ...hostile('socket', 'reservation', 'address', 'token', 'numberOfPorts', 'portNetworkOrder'),
        ...hostile('call', 'errorNumber', 'then', 'imageName', 'processId', 'serviceNames', 'endPort'),
        ...hostile('createdAt', 'commandLine', 'userName', 'parentProcessId', 'controlsAccepted'),
      },
    ],
    ['a time limit that strikes inside a getter', ['ERR_SCRIPT_EXECUTION_TIMEOUT']],
    ['a thread that is terminated inside a getter', [1]],
    [
      'a hook that closes the socket while a call of it starts',
      { closed: busy, acquired: 'went well', closedLater: 'went well' },
    ],
    ['a getter that closes the socket', { closed: 'went well', acquired: notSocket }],
    [
      'calls at the wrong time',
      { busy: answers(busy), acquired: 'went well', closed: answers(notSocket), empty: answers(notSocket) },
    ],
    [
      'two copies of the addon in one thread',
      { copied: true, crossed: ['TypeError', 'TypeError', 'TypeError'], closed: ['went well', 'went well'] },
    ],
    [
      'objects in the place of a socket that are none',
      {
        outcomes: ['TypeError'],
        marked: { socket: true, empty: true, object: false },
        heir: notSocket,
        closed: ['went well', 'went well'],
      },
    ],
    ['an address with a NUL in it', 'TypeError: address must be a string without NUL'],
  ])('%s, and lose no handle', async (scenario, outcome) => {
    const child = startNativeChild('hostile.mjs', [scenario]);
    const report = await child.next<{ outcome: unknown; leakedHandles: number }>();
    expect(report.outcome).toEqual(outcome);
    expect(Math.abs(report.leakedHandles)).toBeLessThanOrEqual(handlesGiveOrTake);
    expect(await child.exited).toBe(0);
    expect(child.stderr()).toBe('');
  });
});
