// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { brokenEntryPoints, bundles, entryPoints, installTimeWork, strayFiles } from '../../package/contents.mjs';
import { unreachableModules } from '../../package/reachability.mjs';
import { seamFunctions, seamProblems } from '../../package/seam.mjs';

const sources = [
  'index.ts',
  'simulator/index.ts',
  'preload.cts',
  'ambient.d.ts',
  'page.css',
  'page.js',
  'tsconfig.json',
];
const good = [
  ...['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'],
  ...bundles,
  ...['dist/index.js', 'dist/index.d.ts', 'dist/simulator/index.js', 'dist/simulator/index.d.ts'],
  ...['dist/preload.cjs', 'dist/preload.d.cts', 'dist/page.css', 'dist/page.js'],
  'prebuilds/win32-x64/win-port-reservation.node',
];

describe('the files of the tarball', () => {
  const strays = (files: string[], present: string[] = [], prebuilds = ['win32-x64']) =>
    strayFiles(files, { sources, present }, prebuilds);

  it('are those of the package', () => {
    expect(strays(good)).toEqual([]);
    expect(strays([...good, 'dist/index.js.map', 'dist/index.d.ts.map'])).toEqual([]);
  });

  it.each([
    ['binding.gyp'],
    ['dist/gone.js'],
    ['dist/gone.js.map'],
    ['dist/index.test.js'],
    ['src/index.ts'],
    ['prebuilds/README.md'],
    ['prebuilds/linux-x64/win-port-reservation.node'],
    ['docs/cli-output.schema.json'],
    ['.env'],
  ])('are no others: %s', (file) => {
    expect(strays([...good, file])).toEqual([`must not be there: ${file}`]);
  });

  it.each(good.slice(0, -1).map((file) => [file]))('are complete: %s', (file) => {
    expect(strays(good.filter((each) => each !== file))).toEqual([`missing: ${file}`]);
  });

  it('are one binary for each architecture', () => {
    const [second, symbols] = ['prebuilds/win32-x64/second.node', 'prebuilds/win32-x64/win-port-reservation.pdb'];
    expect(strays(good.slice(0, -1))).toEqual(['prebuilds/win32-x64: must hold one file, not 0']);
    expect(strays([...good, second])).toEqual(['prebuilds/win32-x64: must hold one file, not 2']);
    expect(strays([...good.slice(0, -1), symbols])).toEqual([`must not be there: ${symbols}`]);
    expect(strays(good, [], ['win32-x64', 'win32-arm64'])).toEqual([
      'prebuilds/win32-arm64: must hold one file, not 0',
    ]);
  });

  it('include the documents of the repository', () => {
    const schema = 'docs/cli-output.schema.json';
    expect(strays(good, [schema])).toEqual([`missing: ${schema}`]);
    expect(strays([...good, schema], [schema])).toEqual([]);
  });
});

describe('the installation of the package', () => {
  it('runs nothing', () => {
    const scripts = { build: 'tsc', prepack: 'npm run build', test: 'vitest' };
    expect(installTimeWork({ gypfile: false, scripts }, good)).toEqual([]);
  });

  it.each(['preinstall', 'install', 'postinstall', 'prepare'])('is no script: %s', (script) => {
    const problems = installTimeWork({ gypfile: false, scripts: { [script]: 'node-gyp rebuild' } }, good);
    expect(problems).toEqual([`package.json: the script "${script}" would run when the package is installed`]);
  });

  it('builds nothing', () => {
    expect(installTimeWork({}, [...good, 'binding.gyp'])).toEqual([
      'binding.gyp: npm would run node-gyp for it',
      'package.json: "gypfile" must be false',
    ]);
  });
});

describe('the entry points', () => {
  const manifest = {
    name: 'win-port-reservation',
    types: './dist/index.d.ts',
    bin: 'dist/cli.js',
    exports: {
      '.': { types: './dist/index.d.ts', default: './dist/index.js' },
      './package.json': './package.json',
    },
  };

  it('are the files that package.json names', () => {
    expect(entryPoints(manifest).map(({ file }) => file)).toEqual([
      'dist/index.d.ts',
      'dist/cli.js',
      'dist/index.d.ts',
      'dist/index.js',
      'package.json',
    ]);
  });

  it('are there', () => {
    expect(brokenEntryPoints(manifest, [...good, 'dist/cli.js'])).toEqual([]);
    expect(brokenEntryPoints(manifest, ['dist/index.js', 'dist/cli.js', 'package.json'])).toEqual([
      'package.json: types names dist/index.d.ts, which is not there',
      'package.json: exports["."]["types"] names dist/index.d.ts, which is not there',
    ]);
    expect(brokenEntryPoints(manifest, good)).toEqual([
      'package.json: bin["win-port-reservation"] names dist/cli.js, which is not there',
    ]);
  });
});

describe('the modules', () => {
  const texts: Record<string, string> = {
    'package.json': '{}',
    'dist/index.js': "export { a } from './a.js'; await import('./later.js');",
    'dist/index.d.ts': "export { a } from './a.js'; export type { T } from './types.js';",
    'dist/a.js': "new Worker(new URL('./worker.js', import.meta.url));",
    'dist/a.d.ts': "export declare const a: import('./b.js').B;",
    'dist/b.js': 'export {};',
    'dist/b.d.ts': 'export interface B {}',
    'dist/later.js': "await readFile(new URL('./page.css', import.meta.url), 'utf8');",
    'dist/page.css': '',
    'dist/later.d.ts': 'export {};',
    'dist/types.js': 'export {};',
    'dist/types.d.ts': 'export type T = 1;',
    'dist/worker.js': '',
    'dist/worker.d.ts': 'export {};',
  };
  const exports = { '.': { types: './dist/index.d.ts', default: './dist/index.js' } };
  const unreachable = (files: Record<string, string>) =>
    unreachableModules({ exports }, Object.keys(files), (file) => Buffer.from(files[file] ?? ''));

  it('are all reachable', () => {
    expect(unreachable(texts)).toEqual([]);
  });

  it('are reported if nothing reaches them', () => {
    const files = { ...texts, 'dist/lost.js': "import './a.js';", 'dist/lost.d.ts': '', 'dist/lost.js.map': '' };
    expect(unreachable(files)).toEqual(['dist/lost: nothing leads to it']);
    expect(unreachable({ ...texts, 'dist/a.js': '' })).toEqual(['dist/worker: nothing leads to it']);
    expect(unreachable({ ...texts, 'dist/later.js': '' })).toEqual(['dist/page.css: nothing leads to it']);
  });

  it('are reached with the bundle if it contains their code', () => {
    const leaf = { 'dist/leaf.js': "export { leaf } from './core.js';", 'dist/leaf.d.ts': '', 'dist/core.js': '' };
    expect(unreachable({ ...texts, ...leaf, 'dist/a.js': `${texts['dist/a.js']} import './core.js';` })).toEqual([]);
    expect(unreachable({ ...texts, ...leaf })).toHaveLength(2);
  });
});

describe('the exports of the addon', () => {
  it('are the functions of the seam', () => {
    expect(seamFunctions()).toEqual(expect.arrayContaining(['createPersistentTcpPortReservation', 'openSocket']));
    expect(seamProblems(seamFunctions())).toEqual([]);
    const names = seamFunctions().filter((name) => name !== 'openSocket');
    expect(seamProblems([...names, 'debugBreak'])).toEqual([
      'the seam has openSocket, the addon does not',
      'the addon has debugBreak, the seam does not',
    ]);
  });
});
