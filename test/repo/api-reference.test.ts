// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hangLimitMs } from '../shared/time-limits.mjs';
import { readText, repository } from './commands.js';

const committed = path.join(repository, 'docs/api');
const generated = mkdtempSync(path.join(tmpdir(), 'win-port-reservation-api-'));

beforeAll(() => {
  const script = path.join(repository, 'scripts/api-reference.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, generated], {
    encoding: 'utf8',
    timeout: hangLimitMs,
  });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
});
afterAll(() => {
  rmSync(generated, { recursive: true, force: true });
});

describe('the API reference', () => {
  it('has the pages that the docstrings make', () => {
    expect(readdirSync(committed).sort()).toEqual(['README.md', 'index.md', 'simulator.md']);
    expect(readdirSync(generated).sort()).toEqual(readdirSync(committed).sort());
  });

  it.each(['README.md', 'index.md', 'simulator.md'])('is current; if not, run `npm run docs:api`: %s', (page) => {
    const pageIn = (folder: string): string => readFileSync(path.join(folder, page), 'utf8');
    expect(pageIn(committed)).toBe(pageIn(generated));
  });

  it('has every section that the README links to', () => {
    const links = [...readText('README.md').matchAll(/\(docs\/api\/(\w+\.md)#([\w-]+)\)/g)];
    expect(links.length).toBeGreaterThan(5);
    const missing = links.filter(([, page = '', anchor = '']) => {
      const headings = [...readText(`docs/api/${page}`).matchAll(/^#+ (\w+)(?:\(\))?$/gm)];
      return !headings.some(([, name = '']) => name.toLowerCase() === anchor);
    });
    expect(missing.map(([link]) => link)).toEqual([]);
  });
});
