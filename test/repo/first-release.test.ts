// SPDX-License-Identifier: MIT
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readText, repository } from './commands.js';

// Until this package owns its name on npm, anyone who takes the name decides what `npx` and `npm install` run, usually
// in an elevated shell. The date in the changelog tells whether there is a release.

const isReleased = /^## \d+\.\d+\.\d+ - \d{4}-\d{2}-\d{2}$/m.test(readText('CHANGELOG.md'));

const places = ['.github', 'bench', 'docs', 'examples', 'src'].flatMap((folder) =>
  readdirSync(path.join(repository, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(m?js|json|md|ts|yml)$/.test(name))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`),
);
const files = ['README.md', 'CHANGELOG.md', ...places];

/** Matches commands that run the package of that name, installed or not. */
const fetching = /\b(npx|npm (exec|x)|pnpm (dlx|exec)|yarn dlx|bunx)( --?y(es)?)? win-port-reservation/;
const installing = /\b(npm (install|i|add)|pnpm add|yarn add|bun add) win-port-reservation(?![-\w])/;

const placesOf = (pattern: RegExp): string[] => files.filter((file) => pattern.test(readText(file)));

describe('the addresses that npm shows', () => {
  const { homepage, bugs, repository: source } = JSON.parse(readText('package.json')) as Record<string, unknown>;

  it.skipIf(isReleased)('are left out, because there is no public one yet', () => {
    expect({ homepage, bugs, source }).toEqual({ homepage: undefined, bugs: undefined, source: undefined });
  });

  it.skipIf(!isReleased)('are there from the first release on', () => {
    expect([homepage, bugs, source]).not.toContain(undefined);
  });
});

describe('the commands that people are told to run', () => {
  it('are found in the texts', () => {
    expect(placesOf(/npx --no-install win-port-reservation/).length).toBeGreaterThan(4);
    expect('npx win-port-reservation map').toMatch(fetching);
    expect('npx --yes win-port-reservation map').toMatch(fetching);
    expect('npm install win-port-reservation').toMatch(installing);
    expect('npm install ../win-port-reservation-0.1.0.tgz').not.toMatch(installing);
  });

  it('fetch nothing by its name', () => {
    expect(placesOf(fetching)).toEqual([]);
  });

  it.skipIf(isReleased)('install from a checkout, and say why, until there is a release', () => {
    expect(placesOf(installing)).toEqual([]);
    expect(readText('README.md')).toContain('Until the first release');
  });

  it.runIf(isReleased)('install from npm once there is a release', () => {
    expect(placesOf(/Until the first release/)).toEqual([]);
    expect(readText('README.md')).toMatch(installing);
  });
});
