// SPDX-License-Identifier: MIT
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { onMachine, startScript } from './ring.js';

// Every example runs to its end, says what it is to say, and leaves nothing on the machine.

const directory = fileURLToPath(new URL('../../examples/', import.meta.url));

const lastLines: Record<string, string> = {
  'cluster.mjs': 'hello from worker 2',
  'demo.mjs': 'Done; nothing is left behind.',
  'shared-listener.mjs': 'hello from a child',
  'worker-threads.mjs': 'hello from thread 3',
};

it('tests know every example', () => {
  expect(readdirSync(directory).sort()).toEqual(Object.keys(lastLines));
});

it.each(Object.entries(lastLines))('%s runs', { timeout: 60_000 }, async (example, lastLine) => {
  const child = startScript(`${directory}${example}`);
  const output = [];
  for await (const line of child.lines) output.push(line);
  expect({ exitCode: await child.exited, stderr: child.stderr() }).toEqual({ exitCode: 0, stderr: '' });
  expect(output.at(-1)).toBe(lastLine);
  expect(await onMachine('excludedPortRanges', 'tcp')).toEqual([]);
});
