// SPDX-License-Identifier: MIT
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { validateWorkflow } from '@action-validator/core';
import { describe, expect, it } from 'vitest';
import { folders } from '../../scripts/prebuilds.mjs';
import { brokenCommandsIn, commandsIn, readText, repository } from './commands.js';

// Checks the workflows without running them. It relies on the layout of the formatter.

const directory = '.github/workflows';
const files = readdirSync(path.join(repository, directory));
const texts = new Map(files.map((file) => [file, readText(`${directory}/${file}`)]));

interface Job {
  readonly name: string;
  readonly text: string;
}

function jobsOf(text: string): Job[] {
  const [, jobs = ''] = text.split('\njobs:\n');
  const starts = [...jobs.matchAll(/^ {2}([\w-]+):$/gm)];
  return starts.map(({ 1: name = '', index }, place) => ({ name, text: jobs.slice(index, starts[place + 1]?.index) }));
}

function usesIn(text: string): { action: string; version: string; comment: string }[] {
  return [...text.matchAll(/^ +(?:- )?uses: ([^\s@]+)(?:@(\S+))?(?: # (.*))?$/gm)].map(
    ([, action = '', version = '', comment = '']) => ({ action, version, comment }),
  );
}

function isOurs(action: string): boolean {
  return action.startsWith('./');
}

const each = [...texts];

describe.each(each)('the workflow %s', (_, text) => {
  it('fits the schema of GitHub', () => {
    expect(validateWorkflow(text)).toMatchObject({ actionType: 'workflow', errors: [] });
  });

  it('pins every third-party action by its commit, with its version', () => {
    const others = usesIn(text).filter(({ action }) => !isOurs(action));
    expect(others.length).toBeGreaterThan(0);
    for (const { action, version, comment } of others) {
      expect(version, action).toMatch(/^[0-9a-f]{40}$/);
      expect(comment, action).toMatch(/^v\d+\.\d+\.\d+$/);
    }
  });

  it('pins every container by its digest, with its version', () => {
    const containers = [...text.matchAll(/^ +(?:container|image): (.*)$/gm)].map(([, image]) => image);
    expect(containers.length).toBeGreaterThan(0);
    for (const image of containers) expect(image).toMatch(/^node:\d+\.\d+\.\d+-(bookworm|trixie)@sha256:[0-9a-f]{64}$/);
  });

  it('installs only what a lock file has', () => {
    expect(text).not.toMatch(/\bnpx --yes|\bnpm (install|i|exec|x)\b/);
    const folders = [...text.matchAll(/\bnpm ci(?: --prefix (\S+))?/g)].map(([, folder = '.']) => folder);
    expect(folders.length).toBeGreaterThan(0);
    for (const folder of folders) {
      const lock = readText(`${folder}/package-lock.json`);
      expect(lock, folder).toMatch(/"integrity": "sha512-/);
      expect(lock, folder).not.toContain('"resolved"');
    }
  });

  it('gives its token only the rights that it needs, and does not leave it with git', () => {
    expect(text).toMatch(/^permissions:( \{\}|\n {2}contents: read\n\n)/m);
    const checkouts = text.split('uses: actions/checkout@').slice(1);
    for (const checkout of checkouts) expect(checkout).toMatch(/^.*\n +with:\n +persist-credentials: false\n/);
  });

  it('does not run two at once for one ref, and limits the time of every job', () => {
    expect(text).toMatch(/^concurrency:\n {2}group: \S.*\n {2}cancel-in-progress: /m);
    for (const job of jobsOf(text)) {
      const hasLimit = /^ {4}timeout-minutes: \d+$/m.test(job.text);
      // A job that calls a workflow has the limits of that workflow's jobs.
      expect(hasLimit || /^ {4}uses: \.\//m.test(job.text), job.name).toBe(true);
    }
  });

  it('runs only commands that exist', () => {
    expect(commandsIn(text).length).toBeGreaterThan(0);
    expect(brokenCommandsIn(text)).toEqual([]);
    for (const { action } of usesIn(text).filter((use) => isOurs(use.action))) expect(readText(action)).not.toBe('');
  });

  it('puts no untrusted input into a command', () => {
    const commands = [...text.matchAll(/^( +)(?:- )?run: (.*\n(?:\1 +.*\n)*)/gm)].map(([, , command = '']) => command);
    expect(commands.length).toBeGreaterThan(0);
    const expressions = commands.flatMap((command) => command.match(/\$\{\{.*?\}\}/g) ?? []);
    expect(expressions.filter((expression) => !/^\$\{\{ matrix\.\w+ \}\}$/.test(expression))).toEqual([]);
  });
});

describe('the workflows together', () => {
  const [ci = '', release = ''] = ['ci.yml', 'release.yml'].map((file) => texts.get(file));

  it('are these', () => {
    expect(files.sort()).toEqual(['ci.yml', 'nightly.yml', 'release.yml']);
  });

  it('use one container of each Debian', () => {
    const images = [...texts.values()].flatMap((text) => text.match(/^ +container: .*$/gm) ?? []);
    expect([...new Set(images)].map((image) => image.split(/[-@]/)[1])).toEqual(['bookworm', 'trixie']);
  });

  it('use one version of each action', () => {
    const versions = new Map<string, Set<string>>();
    for (const { action, version } of [...texts.values()].flatMap(usesIn)) {
      versions.set(action, (versions.get(action) ?? new Set()).add(version));
    }
    for (const [action, used] of versions) expect([...used], action).toHaveLength(1);
  });

  it('build every binary of a release, and pass its sum on to the job that verifies it', () => {
    for (const folder of folders) {
      const arch = folder.replace('win32-', '');
      expect(ci).toMatch(new RegExp(`- \\{ arch: ${arch}, os: windows-`));
      expect(ci).toContain(`      ${folder}: \${{ steps.record.outputs.${folder} }}\n`);
      expect(ci).toContain(`        value: \${{ jobs.build.outputs.${folder} }}\n`);
      expect(release).toContain(`: \${{ needs.ci.outputs.${folder} }}\n`);
      expect(release).toContain(`"${folder}=$${arch.toUpperCase()}"`);
    }
  });

  it('publish only in one job, after approval, with nothing but the verified tarball', () => {
    const withToken = [...texts.values()].flatMap(jobsOf).filter(({ text }) => text.includes('id-token: write'));
    expect(withToken.map(({ name }) => name)).toEqual(['publish']);
    const [publish] = withToken;
    expect(publish?.text).toMatch(/^ {4}environment: npm$/m);
    expect(publish?.text).toContain('npm publish ./package.tgz --provenance --access public');
    expect(publish?.text).toContain('sha256sum --check --strict');
    expect(publish?.text).not.toMatch(/actions\/checkout|npm (ci|install|run)|npx/);
  });

  it('test on each Windows with each Node that is supported, elevated and not', () => {
    expect(ci.match(/os: \[windows-2022, windows-2025, windows-11-arm\]/g)).toHaveLength(2);
    expect(ci).toContain('node: [20, 22, 24, 26]');
    expect(ci).toMatch(/WPR_EXPECT_ELEVATED: 1\n +run: npm run test:windows/);
    expect(ci).toMatch(/WPR_EXPECT_ELEVATED: 0\n +run: >-\n +node test\/windows\/not-elevated\/run\.mjs/);
  });
});
