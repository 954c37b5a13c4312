// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hangLimitMs } from '../shared/time-limits.mjs';
import { temporaryFolder } from '../shared/temporary-folder.js';
import { readText, repository } from './commands.js';

const committed = path.join(repository, 'docs/api');
const generated = mkdtempSync(path.join(tmpdir(), 'win-port-reservation-api-'));

beforeAll(() => {
  expect(run('scripts/api-reference.mjs', generated)).toEqual({ status: 0, stdout: '', stderr: '' });
});
afterAll(() => {
  rmSync(generated, { recursive: true, force: true });
});

describe('the API reference', () => {
  it('is current; if not, run `npm run docs:api`', () => {
    const pages = pagesIn(generated);
    expect(pages).toContain('index/functions/listen.md');
    expect(pagesIn(committed)).toEqual(pages);
    const textIn = (folder: string, page: string): string => readFileSync(path.join(folder, page), 'utf8');
    expect(pages.filter((page) => textIn(committed, page) !== textIn(generated, page))).toEqual([]);
  });

  it('has every page that the README links to', () => {
    const links = [...readText('README.md').matchAll(/\((docs\/api\/[^)#]+)/g)].map(([, page = '']) => page);
    expect(links.length).toBeGreaterThan(5);
    expect(links.filter((page) => !existsSync(path.join(repository, page)))).toEqual([]);
  });
});

it('becomes a site with a search, with `npm run docs`', () => {
  const site = temporaryFolder('site');
  expect(run('node_modules/typedoc/bin/typedoc', '--out', site, '--logLevel', 'Warn')).toEqual({
    status: 0,
    stdout: '',
    stderr: '',
  });
  expect(readdirSync(path.join(site, 'assets'))).toContain('search.js');
});

function run(script: string, ...args: string[]): object {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(repository, script), ...args], {
    cwd: repository,
    encoding: 'utf8',
    timeout: hangLimitMs,
  });
  return { status, stdout, stderr };
}

function pagesIn(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const pages = names.filter((name) => name.endsWith('.md'));
  return pages.map((name) => name.split(path.sep).join('/')).sort();
}
