// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorCodes } from '../../src/common/error-codes.js';
import { packageErrorCodes } from '../../src/common/errors.js';
import { SimulatedWindows } from '../../src/simulator/model/machine.js';
import { hangLimitMs } from '../shared/time-limits.mjs';

const repository = fileURLToPath(new URL('../../', import.meta.url));

/** The number of programs on each page, to notice a removed or new one. */
const examplesOf: Record<string, number> = {
  'README.md': 2,
  'docs/choosing.md': 0,
  'docs/command-line.md': 0,
  'docs/comparison.md': 0,
  'docs/eacces.md': 2,
  'docs/errors.md': 0,
  'docs/faq.md': 0,
  'docs/protect.md': 0,
  'docs/services.md': 3,
  'docs/simulator.md': 2,
  'docs/sockets.md': 3,
  'docs/windows.md': 0,
};

const read = (page: string): string => readFileSync(path.join(repository, page), 'utf8');
const pages = Object.keys(examplesOf).map((page) => {
  const examples = [...read(page).matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code ?? '');
  return { page, examples };
});

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(path.join(repository, 'build-readme-'));
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

describe.each(pages)('the examples of $page', ({ page, examples }) => {
  it('are complete', () => {
    expect(examples).toHaveLength(examplesOf[page] ?? 0);
  });

  it.for(examples.map((code, index) => ({ number: index + 1, code })))('run: number $number', ({ code }) => {
    // Runs inside the repository, so that the package finds itself by name, and on ports of its own. A program that
    // keeps listening is ended after its output.
    const file = path.join(directory, 'example.mjs');
    const ownPorts = code.replaceAll('5000', String(10_000 + 20 * Math.floor(Math.random() * 1000)));
    writeFileSync(file, `${ownPorts}\nsetTimeout(() => process.exit(0), 200).unref();\nprocess.exitCode ??= 0;`);
    const simulate = pathToFileURL(path.join(repository, 'dist/simulator/simulate.js')).href;
    const machine = path.join(mkdtempSync(path.join(tmpdir(), 'win-port-reservation-readme-')), 'machine.json');
    // This machine chooses other ports than the machines of other tests, which share the ports of the host.
    const dynamicRange = { startPort: 12_000 + Math.floor(Math.random() * 18_000), numberOfPorts: 1000 };
    const saved = new SimulatedWindows({ dynamicRange }).save();
    writeFileSync(machine, JSON.stringify({ machine: saved, processes: [] }));
    try {
      const { status, stderr } = spawnSync(process.execPath, [`--import=${simulate}`, file], {
        encoding: 'utf8',
        timeout: hangLimitMs,
        env: { ...process.env, WIN_PORT_RESERVATION_MACHINE: machine },
      });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    } finally {
      rmSync(path.dirname(machine), { recursive: true, force: true });
    }
  });
});

const recipes = readdirSync(path.join(repository, 'docs/recipes')).map((name) => ({ page: `docs/recipes/${name}` }));

describe('the pages', () => {
  it('are all listed here', () => {
    const inDocs = readdirSync(path.join(repository, 'docs')).filter((name) => name.endsWith('.md'));
    expect(Object.keys(examplesOf).sort()).toEqual(['README.md', ...inDocs.map((name) => `docs/${name}`)].sort());
  });

  it('of recipes are all in their table', () => {
    const listed = [...read('docs/recipes/README.md').matchAll(/\]\(([\w-]+\.md)\)/g)].map(([, name]) => name);
    expect([...new Set(['README.md', ...listed])].sort()).toEqual(
      recipes.map(({ page }) => path.basename(page)).sort(),
    );
  });

  it.each([...pages, ...recipes])('have no broken link: $page', ({ page }) => {
    const targets = [...read(page).matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, target = '']) => target);
    for (const target of targets) {
      expect(() => readFileSync(path.join(repository, path.dirname(page), target)), target).not.toThrow();
    }
  });
});

describe('the error table', () => {
  const rows = [...read('docs/errors.md').matchAll(/^\| `((?:ERR|E|WSA|WIN32)_?\w*(?:<n>)?)`\s*\| *(\w*) *\|/gm)];

  it('has every code with its number, and no other codes', () => {
    const documented = rows.map(([, code, errorNumber]) => [code, errorNumber]);
    const numbers = Object.entries(errorCodes).map(([code, { errorNumber }]) => [code, String(errorNumber)]);
    const others = Object.keys(packageErrorCodes).map((code) => [code, '']);
    const byCode = ([a = '']: (string | undefined)[], [b = '']: (string | undefined)[]) => a.localeCompare(b);
    expect(documented.sort(byCode)).toEqual([...numbers, ['WIN32_ERROR_<n>', 'n'], ...others].sort(byCode));
  });
});
