// SPDX-License-Identifier: MIT
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { listExcludedPortRanges } from 'win-port-reservation';
import { bothElevationsIt, elevatedIt } from './needs.js';
import { freeBlock, readToEnd, spawnNodeAs, startScript } from './ring.js';

// Checks that every example runs to its end, prints the expected lines, and leaves nothing on the machine.
// service.test.mjs runs as one of the tests.

const directory = fileURLToPath(new URL('../../examples/', import.meta.url));

interface Run {
  readonly args?: readonly string[];
  readonly lastLine: string;
}

/** The runs of each example, one after the other; PORT is replaced with a free port. */
const examples: Record<string, readonly Run[]> = {
  'cluster.mjs': [{ lastLine: 'hello from worker 2' }],
  'demo.mjs': [{ lastLine: 'Done; nothing is left behind.' }],
  'fastify-service.mjs': [{ args: ['PORT'], lastLine: 'hello from a port of our own' }],
  'install.mjs': [
    { args: ['install', 'PORT', '2'], lastLine: 'TCP ports PORT-NEXT are reserved' },
    { args: ['install', 'PORT', '2'], lastLine: 'TCP ports PORT-NEXT are reserved' },
    { args: ['uninstall', 'PORT', '2'], lastLine: 'TCP ports PORT-NEXT are free' },
    { args: ['uninstall', 'PORT', '2'], lastLine: 'TCP ports PORT-NEXT were not reserved' },
  ],
  'oauth-redirect.mjs': [
    { args: ['install', 'PORT'], lastLine: 'port PORT is kept for our redirects' },
    { args: ['login', 'PORT'], lastLine: 'logged in with 4711' },
    { args: ['uninstall', 'PORT'], lastLine: "port PORT is anybody's again" },
  ],
  'shared-listener.mjs': [{ lastLine: 'hello from a child' }],
  'udp-server.mjs': [{ lastLine: 'hello 3 to you too' }],
  'worker-threads.mjs': [{ lastLine: 'hello from thread 3' }],
};

it('every example has a test', () => {
  expect(readdirSync(directory).sort()).toEqual([...Object.keys(examples), 'service.test.mjs'].sort());
});

it.each([
  ['install.mjs', 'node examples/install.mjs install <first port> <number of ports>'],
  ['oauth-redirect.mjs', 'node examples/oauth-redirect.mjs login <port>'],
])('%s says how it is used when its arguments are missing', async (example, usage) => {
  for (const args of [[], ['install'], ['unknown', '1', '2']]) {
    const child = startScript(`${directory}${example}`, ...args);
    expect(await child.exited).toBe(2);
    expect(child.stderr()).toMatch(/^Usage/);
    expect(child.stderr()).toContain(usage);
  }
});

elevatedIt.each(Object.entries(examples))('%s runs', async (example, runs) => {
  const before = await listExcludedPortRanges();
  const port = await freeBlock(2);
  const named = (text: string) => text.replace('PORT', String(port)).replace('NEXT', String(port + 1));
  for (const { args = [], lastLine } of runs) {
    const child = startScript(`${directory}${example}`, ...args.map(named));
    const output = [];
    for await (const line of child.lines) output.push(line);
    expect({ exitCode: await child.exited, stderr: child.stderr() }).toEqual({ exitCode: 0, stderr: '' });
    expect(output.at(-1)).toBe(named(lastLine));
  }
  expect(await listExcludedPortRanges()).toEqual(before);
});

bothElevationsIt('the demo runs without elevation on a simulated Windows, and says so', async () => {
  const demo = spawnNodeAs(false, [`${directory}demo.mjs`]);
  const [stdout, stderr] = await Promise.all([readToEnd(demo.stdout), readToEnd(demo.stderr)]);
  expect(stderr).toBe('');
  expect(stdout.split('\n', 1)[0]).toContain('with SimulatedWindows, in this process');
  expect(stdout).toContain('Done; nothing is left behind.');
  expect(stdout).toMatch(/you need\r?\n- an elevated terminal/);
});
