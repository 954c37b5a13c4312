// SPDX-License-Identifier: MIT
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import ts from 'typescript';
import { expect, it } from 'vitest';
import * as api from 'win-port-reservation';
import { createPersistentTcpPortReservation, explainPort } from 'win-port-reservation';
import { install, SimulatedWindows } from 'win-port-reservation/simulator';
import { readToEnd, spawnNode } from './ring.js';

const dist = fileURLToPath(new URL('../../dist', import.meta.url));

it('the import of the package loads no module of Node and no addon', async () => {
  const script = fileURLToPath(new URL('children/import-package.mjs', import.meta.url));
  // Leave out the preload of the test run, which uses the package itself.
  const child = spawnNode([script], { NODE_OPTIONS: '' });
  expect(JSON.parse(await readToEnd(child.stdout))).toEqual({ modules: [], addons: [] });
});

const parsed = new Map<string, readonly ts.Statement[]>();

function statementsOf(file: string): readonly ts.Statement[] {
  const known = parsed.get(file);
  if (known) return known;
  const text = readFileSync(path.join(dist, file), 'utf8');
  const { statements } = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
  parsed.set(file, statements);
  return statements;
}

/** Lists the files that a file of dist/ imports or re-exports; undefined for a statement of its own. */
function originsOf(file: string): (string | undefined)[] {
  return statementsOf(file).map((statement) => {
    const from =
      ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement) ? statement.moduleSpecifier : undefined;
    return from && ts.isStringLiteral(from) ? from.text : undefined;
  });
}

function namesExportedBy(file: string): string[] {
  return statementsOf(file).flatMap((statement) => {
    const names = ts.isExportDeclaration(statement) ? statement.exportClause : undefined;
    return names && ts.isNamedExports(names) ? names.elements.map(({ name }) => name.text) : [];
  });
}

it('importing the package loads one file, and one that names its exports', () => {
  expect(originsOf('index.js')).toEqual(['./core.js']);
  expect(originsOf('core.js').filter((from) => from !== undefined)).toEqual([]);
});

/** Some module of each bundle. */
const bundles: [string, string][] = [
  ['core.js', 'windows/installed-windows.js'],
  ['sockets.js', 'windows/node-handle.js'],
  ['questions.js', 'windows/netsh.js'],
  ['preload.js', 'explain/errors/tell.js'],
  ['command-line.js', 'cli/program.js'],
  ['explanation.js', 'explain/facts/gather-facts.js'],
  ['simulation.js', 'simulator/model/machine.js'],
];

/** Lists the compiled files, with slashes. */
function compiled(): string[] {
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.js'));
  return files.map((file) => file.split(path.sep).join('/'));
}

/** Lists the files whose module is in a bundle, and which only re-export from there. */
function reExportsOf(bundle: string): string[] {
  return compiled().filter((file) => {
    const origins = originsOf(file).map((from) => from && path.posix.join(path.posix.dirname(file), from));
    return file !== bundle && origins.length === 1 && origins[0] === bundle;
  });
}

it.each(bundles)('no module exists twice, in its own file and in the bundle %s', (bundle, some) => {
  const files = reExportsOf(bundle);
  expect(files).toContain(some);
  const names = new Set(files.flatMap(namesExportedBy));
  expect([...names].sort()).toEqual(namesExportedBy(bundle).sort());
});

it('modules import from the bundles, and never a file of re-exports', () => {
  const files = compiled().filter((file) => !file.includes('page/'));
  const targetsOf = (file: string) =>
    originsOf(file).map((from) => from && path.posix.join(path.posix.dirname(file), from));
  const reExports = new Set(bundles.flatMap(([bundle]) => reExportsOf(bundle)));
  expect(reExports.size).toBeGreaterThan(100);
  const importing = files.filter((file) => !reExports.has(file));
  expect(importing.flatMap(targetsOf).filter((target) => reExports.has(target ?? ''))).toEqual([]);
  const lazyTargetsOf = (file: string) =>
    [...readFileSync(path.join(dist, file), 'utf8').matchAll(/\bimport\(["'](\.[^"']+)["']\)/g)].map(([, from = '']) =>
      path.posix.join(path.posix.dirname(file), from),
    );
  const lazyTargets = importing.flatMap(lazyTargetsOf);
  expect(lazyTargets).toContain('explanation.js');
  expect(lazyTargets.filter((target) => reExports.has(target))).toEqual([]);
});

/** Lists the files that are loaded with a file of dist/. */
function loadedWith(file: string): string[] {
  const files = new Set([file]);
  for (const each of files) {
    const origins = originsOf(each).filter((from) => from?.startsWith('.'));
    for (const from of origins) files.add(path.posix.join(path.posix.dirname(each), String(from)));
  }
  return [...files].sort();
}

it('the first socket in a reservation loads one file', () => {
  expect(loadedWith('sockets.js')).toEqual(['core.js', 'sockets.js']);
});

it('explaining a port loads few files, and none of the command line or of the simulated Windows', () => {
  const files = ['core.js', 'explanation.js', 'questions.js', 'sockets.js'];
  expect(loadedWith('explanation.js')).toEqual(files);
});

it('the command line loads one file more than the package, and the rest when a command runs or fails', () => {
  expect(loadedWith('command-line.js')).toEqual(['command-line.js', 'core.js']);
});

it('the preload that explains errors loads no code that explains', () => {
  expect(loadedWith('explain/subscribe.js')).toEqual(['core.js', 'explain/subscribe.js', 'preload.js']);
});

it('classes have their own names, as consoles show them', () => {
  const classes = Object.entries(api).filter(
    ([, value]) => typeof value === 'function' && Function.prototype.toString.call(value).startsWith('class'),
  );
  expect(classes.map(([name]) => name)).toContain('RuntimePortReservation');
  for (const [name, value] of classes) {
    expect(inspect(value)).toMatch(new RegExp(`^\\[class ${name}\\b`));
    expect(inspect(Object.create((value as { prototype: object }).prototype))).toContain(name);
  }
});

async function stackWith(options: string): Promise<string> {
  const script = fileURLToPath(new URL('children/print-stack.mjs', import.meta.url));
  const child = spawnNode([script], { NODE_OPTIONS: options });
  return JSON.parse(await readToEnd(child.stdout)) as string;
}

it('stacks have the names of the classes', async () => {
  const stack = await stackWith('');
  expect(stack).toContain('PersistentPortReservationPair.create (');
  expect(stack).not.toMatch(/\b_\w+PortReservation/);
});

it('stacks lead to the sources where source maps are enabled', async () => {
  const stack = await stackWith('--enable-source-maps');
  const frames = [...stack.matchAll(/at (?:\w+\.)?(\w+) .*[\\/]src[\\/]([\w\\/-]+\.ts):(\d+):(\d+)/g)];
  const texts = frames.map(([, , file = '', line, column]) => {
    const source = readFileSync(path.join(dist, '../src', file), 'utf8');
    return source.split('\n')[Number(line) - 1]?.slice(Number(column) - 1);
  });
  expect(frames.length).toBeGreaterThan(3);
  expect(texts[0]).toMatch(/^new RangeError\(/);
  // Each frame after the first is where the function of the frame before was called.
  const called = texts.slice(1).map((text) => /^#?(\w+)\(/.exec(text ?? '')?.[1]);
  expect(called).toEqual(frames.slice(0, -1).map(([, name]) => name));
});

it('the simulator, the explanations and the package share one Windows', async () => {
  const windows = new SimulatedWindows();
  const simulation = install(windows);
  try {
    await createPersistentTcpPortReservation(5000, 10);
    expect(windows.persistentReservations('tcp')).toMatchObject([{ startPort: 5000, numberOfPorts: 10 }]);
    const explanation = await explainPort({ protocol: 'tcp', port: 5003, host: '127.0.0.1' });
    expect(explanation.cause).toBe('persistent-reservation');
  } finally {
    simulation.uninstall();
  }
});
