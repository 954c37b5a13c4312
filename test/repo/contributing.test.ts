// SPDX-License-Identifier: MIT
import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { brokenCommandsIn, commandsIn, readText } from './commands.js';

describe.each(['README.md', '.github/CONTRIBUTING.md', '.github/PULL_REQUEST_TEMPLATE.md'])('%s', (file) => {
  it('names only commands that exist', () => {
    const text = readText(file);
    expect(commandsIn(text).length).toBeGreaterThan(0);
    expect(brokenCommandsIn(text)).toEqual([]);
  });
});

describe('the guide for contributors', () => {
  const text = readText('.github/CONTRIBUTING.md');

  it('has every script of package.json', () => {
    const { scripts } = JSON.parse(readText('package.json')) as { scripts: Record<string, string> };
    // npm runs these two by other names, or by itself.
    const named = new Set([...commandsIn(text).map(({ name }) => name), 'test', 'prepack']);
    expect(Object.keys(scripts).filter((script) => !named.has(script))).toEqual([]);
    expect(text).toContain('`npm test`');
  });

  it.each(['src', 'test'])('has every folder of %s/ in its map', (parent) => {
    const folders = readdirSync(parent, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const [, map = ''] = text.split(`| \`${parent}/\``);
    const listed = [...(map.split('\n\n')[0] ?? '').matchAll(/^\| `([\w-]+)\/`/gm)].map(([, name]) => name);
    expect(listed.sort()).toEqual(folders.map(({ name }) => name).sort());
  });

  it('names no file that there is not', () => {
    const paths = [...text.matchAll(/`((?:\.github|docs|native|scripts|src|test)\/[\w./-]*)`/g)].map(
      ([, path = '']) => path,
    );
    expect(paths.length).toBeGreaterThan(30);
    expect(paths.filter((path) => !existsSync(path))).toEqual([]);
  });

  it.each([
    ['a script that is gone', 'npm run gone'],
    ['a file that is gone', 'node test/gone.mjs'],
    ['a folder that is gone', 'vitest run test/gone/'],
    ['a tool that is not installed', 'npx gone'],
  ])('would not get away with %s', (_, command) => {
    expect(brokenCommandsIn(`Run \`${command}\` first.`)).toHaveLength(1);
  });
});
