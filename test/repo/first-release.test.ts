// SPDX-License-Identifier: MIT
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readText, repository } from './commands.js';

// Until the name is this package's on npm, whoever takes it first decides what `npx` and `npm install` of it run, in an
// elevated shell as a rule. The date in the changelog is what tells that there is a release.

const isReleased = /^## \d+\.\d+\.\d+ - \d{4}-\d{2}-\d{2}$/m.test(readText('CHANGELOG.md'));

const places = ['.github', 'bench', 'docs', 'examples', 'src'].flatMap((folder) =>
  readdirSync(path.join(repository, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(m?js|json|md|ts|yml)$/.test(name))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`),
);
const files = ['README.md', 'CHANGELOG.md', ...places];

/** Runs the package of that name, whether it is installed or not. */
const fetching = /\b(npx|npm (exec|x)|pnpm (dlx|exec)|yarn dlx|bunx)( --?y(es)?)? win-port-reservation/;
const installing = /\b(npm (install|i|add)|pnpm add|yarn add|bun add) win-port-reservation(?![-\w])/;

const placesOf = (pattern: RegExp): string[] => files.filter((file) => pattern.test(readText(file)));

describe('what people are told to run', () => {
  it('is looked for where it is', () => {
    expect(placesOf(/npx --no-install win-port-reservation/).length).toBeGreaterThan(4);
    expect('npx win-port-reservation map').toMatch(fetching);
    expect('npx --yes win-port-reservation map').toMatch(fetching);
    expect('npm install win-port-reservation').toMatch(installing);
    expect('npm install ../win-port-reservation-0.1.0.tgz').not.toMatch(installing);
  });

  it('fetches nothing by its name', () => {
    expect(placesOf(fetching)).toEqual([]);
  });

  it.skipIf(isReleased)('installs from a checkout, and says why, until there is a release', () => {
    expect(placesOf(installing)).toEqual([]);
    expect(readText('README.md')).toContain('Until the first release');
  });

  it.runIf(isReleased)('installs from npm when there is a release', () => {
    expect(placesOf(/Until the first release/)).toEqual([]);
    expect(readText('README.md')).toMatch(installing);
  });
});
